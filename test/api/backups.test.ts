import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { aBackup, ADDRESS, get, OWNER, post, put, putOwner, USER } from './backup-support.js';
import { startTestApi, type TestApi } from './support.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  await putOwner(api);
});
afterEach(() => api.close());

const NOBODY = '01JD0000000000000000000000';
const code = async (answer: Promise<{ readonly status: number; readonly body: Record<string, unknown> }>) => {
  const { status, body } = await answer;
  return [status, body['code']];
};

describe('POST /backups', () => {
  it('starts a run and answers with its id and links', async () => {
    const { status, headers, body } = await post(api, '/backups', { ...ADDRESS, reason: 'before the move' });
    const self = `/api/v1/backups/${String(body['id'])}`;
    expect([status, headers.get('location')]).toEqual([202, self]);
    expect(body).toMatchObject({ ...ADDRESS, state: 'requested', links: { self, temporal: 'http://ui/backup/production/checkout/orders' } });
    expect(await api.backupRuns.findRunning('backup', String(body['id']))).toMatchObject(ADDRESS);
  });

  it('answers the same request with the same key by the same backup', async () => {
    const first = await post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' });
    const again = await post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' });
    expect([again.status, again.body]).toEqual([202, first.body]);
    await api.app.afterwards.settled();
    expect((await post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' })).body).toEqual(first.body);
  });

  it('drives the same backup on when Temporal was away at the first try', async () => {
    api.backupRuns.set('away');
    expect(await code(post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' }))).toEqual([503, 'TEMPORAL_UNAVAILABLE']);
    const [requested] = (await api.stores.backups.list({}, { limit: 10 })).items;
    api.backupRuns.set('back');
    expect((await post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' })).body).toMatchObject({ id: requested?.id });
  });

  it('names the one that runs, and leaves no row of its own', async () => {
    const first = await post(api, '/backups', ADDRESS);
    const second = await post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' });
    expect([second.status, second.body['code'], second.body['backup']]).toEqual([409, 'BACKUP_RUNNING', first.body['id']]);
    expect((await api.stores.backups.list({}, { limit: 10 })).items.map(({ id }) => id)).toEqual([first.body['id']]);
  });

  it('frees the key of what was refused', async () => {
    const first = await post(api, '/backups', ADDRESS);
    await post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' });
    api.backupRuns.advanceBackup(String(first.body['id']), { phase: 'succeeded' });
    expect((await post(api, '/backups', ADDRESS, { 'Idempotency-Key': 'k1' })).status).toBe(202);
  });

  it.each([
    ['an unknown service', { ...ADDRESS, service: 'nobody' }, 404, 'SERVICE_NOT_FOUND'],
    ['an unknown environment', { ...ADDRESS, environment: 'nowhere' }, 404, 'ENVIRONMENT_NOT_FOUND'],
    ['an unknown source', { ...ADDRESS, source: 'nothing' }, 404, 'SOURCE_UNKNOWN'],
    ['a name with a quote', { ...ADDRESS, source: `or'ders` }, 400, 'INVALID_REQUEST'],
  ])('refuses %s', async (_, body, status, refusal) => {
    expect(await code(post(api, '/backups', body))).toEqual([status, refusal]);
  });

  it('names the owner of a source that is only used', async () => {
    await put(api, USER);
    const { status, body } = await post(api, '/backups', { service: 'basket', environment: 'production', source: 'bought' });
    expect([status, body['code'], body['owner'], body['ownedSource']]).toEqual([409, 'SOURCE_NOT_OWNED', 'checkout', 'orders']);
  });
});

describe('GET /backups', () => {
  it('shows the live run’s own word, then the record’s', async () => {
    const { body } = await post(api, '/backups', ADDRESS);
    const id = String(body['id']);
    api.backupRuns.advanceBackup(id, { phase: 'capturing', bytes: 7 });
    expect((await get(api, `/backups/${id}`)).body).toMatchObject({ id, from: 'run', phase: 'capturing', bytes: 7, by: 'admin', kept: null });
    await api.stores.backups.record(api.backupRuns.advanceBackup(id, { phase: 'failed', cause: { code: 'PRODUCER_FAILED', by: 'slipway', text: 'no' }, endedAt: new Date().toISOString() }));
    expect((await get(api, `/backups/${id}`)).body).toMatchObject({ id, from: 'record', phase: 'failed', state: 'failed', cause: { code: 'PRODUCER_FAILED' } });
  });

  it('says what is in it, what reading it back found, and why it is kept', async () => {
    const id = await aBackup(api);
    expect((await get(api, `/backups/${id}`)).body).toMatchObject({
      state: 'verified', verifiedAt: expect.any(String), snapshot: `snapshot-${id}`, fingerprint: { items: 1, total: '100' }, tookMs: { capture: 10, verify: 5 },
      kept: { why: expect.arrayContaining(['the newest verified']) },
    });
  });

  it('lists newest first, page by page, by source and state', async () => {
    const [first, second] = [await aBackup(api), await aBackup(api, { state: 'damaged' })];
    const page = await get(api, '/backups?limit=1&service=checkout&environment=production&source=orders');
    expect(page.body).toMatchObject({ items: [{ id: second, state: 'damaged', links: {} }] });
    expect((await get(api, `/backups?limit=1&cursor=${String(page.body['next'])}`)).body).toMatchObject({ items: [{ id: first }], next: null });
    expect((await get(api, '/backups?usable=true')).body).toMatchObject({ items: [{ id: first }] });
    expect((await get(api, '/backups?source=other')).body).toEqual({ items: [], next: null });
  });

  it('says of each how long it took, why it failed, and until when it is kept', async () => {
    const [good, bad] = [await aBackup(api, { at: '2029-01-01T00:00:00.000Z' }), await aBackup(api, { state: 'stored' })];
    const { body: { id } } = await post(api, '/backups', ADDRESS);
    expect((await get(api, '/backups')).body).toMatchObject({ items: [
      { id, tookMs: {}, cause: null, kept: null },
      { id: bad, tookMs: { capture: 10 }, cause: { code: 'ENGINE_FAILED' }, kept: { why: [expect.any(String)] } },
      { id: good, tookMs: { capture: 10, verify: 5 }, cause: null, kept: { why: expect.arrayContaining(['the newest verified']), expires: null } },
    ] });
  });

  it('are found by repository and by time', async () => {
    const id = await aBackup(api);
    const { requestedAt } = (await get(api, `/backups/${id}`)).body;
    const instant = encodeURIComponent(String(requestedAt));
    for (const query of ['repository=vault', `since=${instant}`]) expect((await get(api, `/backups?${query}`)).body).toMatchObject({ items: [{ id }] });
    for (const query of ['repository=other', `until=${instant}`]) expect((await get(api, `/backups?${query}`)).body).toMatchObject({ items: [] });
    expect(await code(get(api, '/backups?since=yesterday'))).toEqual([400, 'INVALID_REQUEST']);
  });

  it('does not know what was never made', async () => {
    expect(await code(get(api, `/backups/${NOBODY}`))).toEqual([404, 'BACKUP_NOT_FOUND']);
  });
});

const TRYING = { step: 'capture', attempt: 3, code: 'SOURCE_UNREACHABLE', text: 'nobody answers', nextAt: '2031-01-01T00:00:20.000Z', until: '2031-01-01T04:00:00.000Z' } as const;

describe('a backup that does not get on', () => {
  it('says which step failed, why, and when it is tried again', async () => {
    const { body: { id } } = await post(api, '/backups', ADDRESS);
    expect((await get(api, `/backups/${String(id)}`)).body).toMatchObject({ trying: null });
    api.backupRuns.failStep('backup', String(id), TRYING);
    expect((await get(api, `/backups/${String(id)}`)).body).toMatchObject({ cause: null, trying: TRYING });
    api.backupRuns.advanceBackup(String(id), { phase: 'verifying' });
    expect((await get(api, `/backups/${String(id)}`)).body).toMatchObject({ trying: null });
  });

  it('says so of reading it back once more', async () => {
    const id = await aBackup(api);
    await post(api, `/backups/${id}/verify`);
    api.backupRuns.failStep('verify', id, { ...TRYING, step: 'verifyBackup' });
    expect((await get(api, `/backups/${id}`)).body).toMatchObject({ from: 'record', trying: { step: 'verifyBackup', code: 'SOURCE_UNREACHABLE' } });
  });
});

describe('reading a backup back again', () => {
  it('starts it with what stands for the backup', async () => {
    const id = await aBackup(api, { state: 'damaged' });
    expect((await post(api, `/backups/${id}/verify`)).status).toBe(202);
    expect(api.backupRuns.verified).toMatchObject([{ backup: id, snapshot: `snapshot-${id}` }]);
  });

  it('leads to the run that reads it', async () => {
    const id = await aBackup(api);
    const { headers, body } = await post(api, `/backups/${id}/verify`);
    expect([headers.get('location'), body['links']]).toEqual([`/api/v1/backups/${id}`, { self: `/api/v1/backups/${id}`, temporal: `http://ui/backup-verify/${id}` }]);
  });

  it('with one key is done once, however long ago', async () => {
    const id = await aBackup(api);
    const first = await post(api, `/backups/${id}/verify`, {}, { 'Idempotency-Key': 'k1' });
    await api.app.afterwards.settled();
    api.backupRuns.endVerify(id);
    const again = await post(api, `/backups/${id}/verify`, {}, { 'Idempotency-Key': 'k1' });
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(api.backupRuns.verified).toHaveLength(1);
    await post(api, `/backups/${id}/verify`, {}, { 'Idempotency-Key': 'k2' });
    expect(api.backupRuns.verified).toHaveLength(2);
  });

  it('frees the key of what Temporal was away for', async () => {
    const id = await aBackup(api);
    api.backupRuns.set('away');
    expect(await code(post(api, `/backups/${id}/verify`, {}, { 'Idempotency-Key': 'k1' }))).toEqual([503, 'TEMPORAL_UNAVAILABLE']);
    api.backupRuns.set('back');
    expect((await post(api, `/backups/${id}/verify`, {}, { 'Idempotency-Key': 'k1' })).status).toBe(202);
  });

  it('goes by today’s definition: who is told, how long it may take', async () => {
    const id = await aBackup(api);
    const notify = { ops: { log: {}, on: ['verify-failed'] } };
    const { production } = OWNER.environments;
    await put(api, { ...OWNER, environments: { production: { ...production, notify, backups: { orders: { ...production.backups.orders, timeout: '20h', repository: 'other' } } } } });
    await post(api, `/backups/${id}/verify`);
    expect(api.backupRuns.verified).toMatchObject([{ plan: { notify: { ops: { on: ['verify-failed'] } }, source: { timeoutMs: 72_000_000, repository: 'vault' } } }]);
  });

  it('shows that it could not be read, until it can', async () => {
    const id = await aBackup(api);
    const failure = { code: 'REPOSITORY_UNREACHABLE', text: 'nobody answers', at: '2031-01-01T00:00:00.000Z' };
    await api.stores.backups.unread(id, failure);
    expect((await get(api, `/backups/${id}`)).body).toMatchObject({ state: 'verified', checkFailure: failure });
    await api.stores.backups.verified(id, { at: '2031-01-02T00:00:00.000Z', damage: [] });
    expect((await get(api, `/backups/${id}`)).body).toMatchObject({ state: 'verified', checkFailure: null });
  });

  it('is refused where nothing is stored', async () => {
    const { body } = await post(api, '/backups', ADDRESS);
    expect(await code(post(api, `/backups/${String(body['id'])}/verify`))).toEqual([409, 'BACKUP_NOT_STORED']);
    const gone = await aBackup(api);
    await api.stores.backups.letGo([gone]);
    expect(await code(post(api, `/backups/${gone}/verify`))).toEqual([409, 'BACKUP_FORGOTTEN']);
  });
});

describe('a legal hold', () => {
  it('says who and why, keeps the backup, and is written down', async () => {
    const [old] = [await aBackup(api, { at: '2025-01-01T00:00:00.000Z' }), await aBackup(api), await aBackup(api), await aBackup(api)];
    expect((await post(api, `/backups/${old}/hold`, { reason: 'audit 17' })).body).toMatchObject({ id: old, held: true });
    expect((await get(api, `/backups/${old}`)).body).toMatchObject({ hold: { by: 'admin', reason: 'audit 17' }, kept: { why: ['under legal hold'], expires: null } });
    expect((await api.stores.audit.list({ limit: 1 })).items).toMatchObject([{ action: 'backup.hold', actor: 'admin', subject: old, detail: { reason: 'audit 17' } }]);
  });

  it('with one key is written down once', async () => {
    const id = await aBackup(api);
    for (const _ of [1, 2]) {
      expect((await post(api, `/backups/${id}/hold`, { reason: 'audit 17' }, { 'Idempotency-Key': 'k1' })).body).toMatchObject({ id, held: true });
      await api.app.afterwards.settled();
    }
    expect((await api.stores.audit.list({ limit: 5 })).items).toHaveLength(1);
    expect(await code(post(api, `/backups/${id}/hold`, { reason: 'another' }, { 'Idempotency-Key': 'k1' }))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('is dropped, and may be dropped again', async () => {
    const id = await aBackup(api);
    await post(api, `/backups/${id}/hold`, { reason: 'audit 17' });
    const drop = () => api.call('DELETE', `/api/v1/backups/${id}/hold`, { body: { reason: 'over' } });
    expect((await drop()).body).toMatchObject({ id, held: false });
    expect((await drop()).status).toBe(200);
    expect((await api.stores.audit.list({ limit: 1 })).items).toMatchObject([{ action: 'backup.drop-hold' }]);
  });

  it('needs a reason, and something to hold', async () => {
    const id = await aBackup(api);
    expect(await code(post(api, `/backups/${id}/hold`))).toEqual([400, 'INVALID_REQUEST']);
    await api.stores.backups.letGo([id]);
    expect(await code(post(api, `/backups/${id}/hold`, { reason: 'late' }))).toEqual([409, 'BACKUP_FORGOTTEN']);
  });
});

describe('the preview of retention', () => {
  it('says what would go and why, and lets nothing go', async () => {
    const at = (hour: number) => new Date(Date.UTC(2030, 0, 1, hour)).toISOString();
    const [oldest, middle, newest] = [await aBackup(api, { at: at(1) }), await aBackup(api, { at: at(2) }), await aBackup(api, { at: at(3) })];
    const { body } = await get(api, '/backup-sources/checkout/production/orders/retention');
    expect(body).toMatchObject({ ...ADDRESS, rules: { last: 2 }, keep: [{ id: newest }, { id: middle }], forget: [{ id: oldest, why: expect.any(String) }] });
    expect((await api.stores.backups.get(oldest))?.state).toBe('verified');
    expect((await get(api, `/backups/${oldest}`)).body).toMatchObject({ kept: { why: [expect.stringContaining('goes with the next retention')] } });
  });
});

describe('retention that is asked for', () => {
  it('is started with today’s rules, gives the bytes back at once, and is written down', async () => {
    const { status, body } = await post(api, '/backup-sources/checkout/production/orders/retention');
    expect([status, body]).toMatchObject([202, { ...ADDRESS, links: { self: '/api/v1/backup-sources/checkout/production/orders/retention' } }]);
    expect(api.backupRuns.retained).toMatchObject([{ plan: { service: 'checkout', source: { name: 'orders', keep: { last: 2 } } }, prune: 'now' }]);
    expect((await api.stores.audit.list({ limit: 1 })).items).toMatchObject([{ action: 'retention.run', actor: 'admin', subject: 'production/checkout/orders' }]);
  });

  it('is started once for one key', async () => {
    const before = api.backupRuns.retained.length;
    const ask = () => api.call('POST', '/api/v1/backup-sources/checkout/production/orders/retention', { headers: { 'idempotency-key': 'room-1' } });
    expect([(await ask()).status, (await ask()).status]).toEqual([202, 202]);
    expect(api.backupRuns.retained).toHaveLength(before + 1);
  });

  it('is refused where there is no such source', async () => {
    expect(await code(post(api, '/backup-sources/checkout/production/other/retention'))).toEqual([404, 'SOURCE_UNKNOWN']);
  });
});

it('everything is refused as retryable while the database is away', async () => {
  const other = await startTestApi({ stores: createMemoryStores({ available: () => false }) });
  for (const path of ['/backup-sources', '/backups', `/backups/${NOBODY}`, '/restores', '/drills', `/drills/${NOBODY}`]) {
    expect((await get(other, path)).body).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
  }
  await other.close();
});
