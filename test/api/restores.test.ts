import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenGate } from '../../src/domain/deployment/status.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { aBackup, ADDRESS, get, OWNER, post, put, putOwner, USER } from './backup-support.js';
import { type TestAnswer, startTestApi, type TestApi } from './support.js';

const HOUR_MS = 3_600_000;
let api: TestApi;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2030, 0, 1, 12);
  api = await startTestApi({ now: () => now, stores: createMemoryStores({ now: () => now }) });
  await putOwner(api);
});
afterEach(() => api.close());

const hoursAgo = (hours: number) => new Date(now - hours * HOUR_MS).toISOString();
const SWAP = { ...ADDRESS, swap: true };
const refusal = async (answer: Promise<TestAnswer>) => {
  const { status, body } = await answer;
  return [status, body['code']];
};
const preview = async (body: object) => (await post(api, '/restores?plan=true', body)).body['plan'];
const restore = async (body: object = SWAP) => String((await post(api, '/restores', body)).body['id']);

describe('choosing the backup', () => {
  it('takes the newest verified one, never a damaged or unread one', async () => {
    const good = await aBackup(api, { at: hoursAgo(3) });
    await aBackup(api, { at: hoursAgo(2), state: 'damaged' });
    await aBackup(api, { at: hoursAgo(1), state: 'stored' });
    expect(await preview(ADDRESS)).toMatchObject({ backup: { id: good, snapshot: `snapshot-${good}`, repository: 'vault', at: hoursAgo(3) } });
    expect(await preview({ ...ADDRESS, backup: 'latest' })).toMatchObject({ backup: { id: good } });
  });

  it('takes the newest verified one of a time', async () => {
    const old = await aBackup(api, { at: hoursAgo(5) });
    await aBackup(api, { at: hoursAgo(1) });
    expect(await preview({ ...ADDRESS, before: hoursAgo(2) })).toMatchObject({ backup: { id: old } });
    expect(await preview({ ...ADDRESS, before: '2030-01-01T12:00:00+05:00' })).toMatchObject({ backup: { id: old } });
    expect(await refusal(post(api, '/restores', { ...ADDRESS, before: hoursAgo(6) }))).toEqual([409, 'NO_BACKUP']);
  });

  it('takes one by its id, which names the source as well', async () => {
    const old = await aBackup(api, { at: hoursAgo(5) });
    await aBackup(api, { at: hoursAgo(1) });
    expect(await preview({ backup: old })).toMatchObject({ service: 'checkout', environment: 'production', source: { name: 'orders' }, backup: { id: old } });
  });

  it.each([['damaged', 'BACKUP_DAMAGED'], ['stored', 'BACKUP_NOT_VERIFIED']] as const)('refuses a %s one by its code', async (state, code) => {
    expect(await refusal(post(api, '/restores', { backup: await aBackup(api, { state }) }))).toEqual([409, code]);
  });

  it('refuses one that retention let go, one that stored nothing, and an unknown one', async () => {
    const gone = await aBackup(api);
    await api.stores.backups.letGo([gone]);
    expect(await refusal(post(api, '/restores', { backup: gone }))).toEqual([409, 'BACKUP_FORGOTTEN']);
    const { body } = await post(api, '/backups', ADDRESS);
    expect(await refusal(post(api, '/restores', { backup: body['id'] }))).toEqual([409, 'BACKUP_NOT_STORED']);
    expect(await refusal(post(api, '/restores', { backup: '01JD0000000000000000000000' }))).toEqual([404, 'BACKUP_NOT_FOUND']);
  });

  it('refuses one that was made of another kind of source', async () => {
    const backup = await aBackup(api);
    const { production } = OWNER.environments;
    const orders = { sqlite: { path: '/srv/orders.db' }, repository: 'vault', restore: { quiesce: { command: { stop: ['stop'], start: ['start'] } } } };
    await put(api, { ...OWNER, environments: { production: { ...production, backups: { orders } } } });
    expect(await refusal(post(api, '/restores', { backup }))).toEqual([409, 'BACKUP_MISMATCH']);
  });

  it.each([
    ['that do not say which source', {}],
    ['with the source of another backup', { source: 'other', backup: 'made' }],
    ['with an id and a time', { backup: 'made', before: '2030-01-01T00:00:00Z' }],
    ['with a deployment and a backup', { deployment: '01JD0000000000000000000000', backup: 'latest' }],
    ['with no time at all', { ...ADDRESS, before: 'yesterday' }],
    ['with a word that is no id', { ...ADDRESS, backup: 'newest' }],
  ])('refuses requests %s', async (_, body) => {
    const made = await aBackup(api);
    expect(await refusal(post(api, '/restores', 'backup' in body && body.backup === 'made' ? { ...body, backup: made } : body))).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('the plan of a restore', () => {
  it('is a dry run unless a swap is asked for, and then holds nobody', async () => {
    await aBackup(api);
    expect(await preview(ADDRESS)).toMatchObject({ dryRun: true, holds: [], applications: [], loss: expect.stringContaining('Nothing') });
  });

  it('holds every service that declares the source, sorted, and asks what is live of them', async () => {
    await put(api, USER);
    await put(api, { service: 'other', environments: { production: { ...USER.environments.production, router: { use: 'edge', backend: 'other' }, backups: {} } } });
    await api.succeed(await api.deploy('v1'));
    await aBackup(api);
    expect(await preview(SWAP)).toMatchObject({ dryRun: false, holds: ['basket', 'checkout'], applications: [{ service: 'checkout', slot: 'blue', release: { version: 'v1' } }] });
  });

  it('names the loss and what cannot be taken back', async () => {
    const old = await aBackup(api, { at: hoursAgo(5) });
    await aBackup(api, { at: hoursAgo(1) });
    expect(await preview({ ...SWAP, backup: old })).toMatchObject({
      loss: expect.stringMatching(/\(5h ago\).*1 newer verified backup is passed over.*nothing stops them/), pointOfNoReturn: expect.stringContaining('first write'),
    });
  });

  it('starts nothing and writes nothing', async () => {
    await aBackup(api);
    expect((await post(api, '/restores?plan=true', SWAP)).status).toBe(200);
    expect((await api.stores.restores.list({}, { limit: 10 })).items).toEqual([]);
  });
});

describe('POST /restores', () => {
  it('starts a dry run at once', async () => {
    const backup = await aBackup(api);
    const { status, headers, body } = await post(api, '/restores', ADDRESS);
    const self = `/api/v1/restores/${String(body['id'])}`;
    expect([status, headers.get('location')]).toEqual([202, self]);
    expect(body).toMatchObject({ ...ADDRESS, backup, dryRun: true, phase: 'requested', held: [], links: { self, temporal: 'http://ui/restore/production/checkout/orders' } });
  });

  it('that swaps answers when all are held', async () => {
    await put(api, USER);
    await aBackup(api);
    expect((await post(api, '/restores', SWAP)).body).toMatchObject({ dryRun: false, phase: 'holding', held: ['basket', 'checkout'] });
  });

  it('is refused without a trace while one of them is being deployed', async () => {
    await aBackup(api);
    const live = await api.deploy('v1');
    const { status, body } = await post(api, '/restores', SWAP, { 'Idempotency-Key': 'k1' });
    expect([status, body['code'], body['deployment'], body['service']]).toEqual([409, 'DEPLOYMENT_LIVE', live, 'checkout']);
    expect((await api.stores.restores.list({}, { limit: 10 })).items).toEqual([]);
    await api.succeed(live);
    expect((await post(api, '/restores', SWAP, { 'Idempotency-Key': 'k1' })).status).toBe(202);
  });

  it('is refused while another restore holds one of them', async () => {
    await aBackup(api);
    api.runs.hold('production', 'checkout', '01JD0000000000000000000000');
    const { status, body } = await post(api, '/restores', SWAP);
    expect([status, body['code'], body['restore']]).toEqual([409, 'HELD_BY_RESTORE', '01JD0000000000000000000000']);
  });

  it('is refused when the run had to give up, by the same refusal for the same key', async () => {
    await aBackup(api);
    api.backupRuns.answerHolds({ held: false, code: 'DEPLOYMENT_LIVE', text: 'checkout is being deployed', service: 'checkout' });
    const first = await post(api, '/restores', SWAP, { 'Idempotency-Key': 'k1' });
    expect([first.status, first.body['code'], first.body['service']]).toEqual([409, 'DEPLOYMENT_LIVE', 'checkout']);
    expect((await api.stores.restores.list({}, { limit: 10 })).items).toMatchObject([{ id: first.body['restore'], status: { phase: 'failed' } }]);
    api.backupRuns.answerHolds({ held: true });
    const { status, body } = await post(api, '/restores', SWAP, { 'Idempotency-Key': 'k1' });
    expect([status, body['code'], body['restore']]).toEqual([409, 'DEPLOYMENT_LIVE', first.body['restore']]);
    expect((await post(api, '/restores', SWAP, { 'Idempotency-Key': 'k2' })).status).toBe(202);
  });

  it('names the restore that was faster, when the run had to give up', async () => {
    await aBackup(api);
    api.backupRuns.answerHolds(() => {
      api.runs.hold('production', 'checkout', '01JD0000000000000000000000');
      return { held: false, code: 'DEPLOYMENT_LIVE', text: 'checkout is being deployed, or held by another restore', service: 'checkout' };
    });
    const { status, body } = await post(api, '/restores', SWAP);
    expect([status, body['code'], body['restore'], body['service']]).toEqual([409, 'HELD_BY_RESTORE', '01JD0000000000000000000000', 'checkout']);
  });

  it('names the one that runs', async () => {
    await aBackup(api);
    const live = await restore();
    const { status, body } = await post(api, '/restores', SWAP);
    expect([status, body['code'], body['restore']]).toEqual([409, 'RESTORE_RUNNING', live]);
  });

  it('answers the same key by the same restore, also when Temporal was away at the first try', async () => {
    await aBackup(api);
    const ask = () => post(api, '/restores', SWAP, { 'Idempotency-Key': 'k1' });
    api.backupRuns.set('away');
    expect(await refusal(ask())).toEqual([503, 'TEMPORAL_UNAVAILABLE']);
    api.backupRuns.set('back');
    const first = await ask();
    expect(first.status).toBe(202);
    await api.app.afterwards.settled();
    expect((await ask()).body).toEqual(first.body);
    expect((await api.stores.restores.list({}, { limit: 10 })).items.map(({ id }) => id)).toEqual([first.body['id']]);
  });

  it('refuses a deployment that comes meanwhile, by the restore that holds the service', async () => {
    api.runs.hold('production', 'checkout', '01JD0000000000000000000000');
    const { status, body } = await post(api, '/deployments', { service: 'checkout', environment: 'production', version: 'v1' });
    expect([status, body['code'], body['restore']]).toEqual([409, 'HELD_BY_RESTORE', '01JD0000000000000000000000']);
    expect((await api.stores.deployments.list({}, { limit: 10 })).items).toEqual([]);
  });
});

describe('a deployment that offers a restore', () => {
  const ended = async (until: string | null, backups: readonly string[]) => {
    const id = await api.deploy('v1');
    const status = api.runs.advance(id, 'rolled-back', {
      followUps: [{ kind: 'restore-offered', text: '', until, backups: backups.map((backup) => ({ service: 'checkout', source: 'orders', backup })) }],
    });
    await api.stores.deployments.record({ status });
    return id;
  };

  it('names the backup by itself', async () => {
    const backup = await aBackup(api, { at: hoursAgo(2) });
    await aBackup(api, { at: hoursAgo(1) });
    const deployment = await ended(new Date(now + HOUR_MS).toISOString(), [backup]);
    expect(await preview({ deployment, swap: true })).toMatchObject({ service: 'checkout', backup: { id: backup } });
  });

  it('offers it for a while only', async () => {
    const deployment = await ended(new Date(now - 1).toISOString(), [await aBackup(api)]);
    expect(await refusal(post(api, '/restores', { deployment }))).toEqual([409, 'NO_RESTORE_OFFERED']);
  });

  it('offers it until another one has succeeded; its backup can still be chosen by its id', async () => {
    const backup = await aBackup(api);
    const deployment = await ended(null, [backup]);
    now += 1_000;
    await api.succeed(await api.deploy('v2'));
    const { status, body } = await post(api, '/restores', { deployment });
    expect([status, body['code'], body['detail']]).toEqual([409, 'NO_RESTORE_OFFERED', expect.stringContaining(backup)]);
    expect(await preview({ service: 'checkout', environment: 'production', source: 'orders', backup })).toMatchObject({ backup: { id: backup } });
  });

  it('must be told which one where it offers several', async () => {
    const deployment = await ended(null, [await aBackup(api), await aBackup(api)]);
    expect(await refusal(post(api, '/restores', { deployment }))).toEqual([400, 'INVALID_REQUEST']);
  });

  it('is refused where nothing is offered', async () => {
    const deployment = await api.deploy('v1');
    expect(await refusal(post(api, '/restores', { deployment }))).toEqual([409, 'NO_RESTORE_OFFERED']);
  });
});

describe('GET /restores', () => {
  it('shows the live run’s own word, then the record’s', async () => {
    await aBackup(api);
    const id = await restore();
    api.backupRuns.advanceRestore(id, { phase: 'proving', waitsFor: null });
    expect((await get(api, `/restores/${id}`)).body).toMatchObject({ id, from: 'run', phase: 'proving', by: 'admin', plan: { holds: ['checkout'] } });
    await api.stores.restores.record(api.backupRuns.advanceRestore(id, { phase: 'succeeded', live: 'restored', endedAt: new Date(now).toISOString() }));
    expect((await get(api, `/restores/${id}`)).body).toMatchObject({ id, from: 'record', phase: 'succeeded', live: 'restored' });
    expect((await get(api, '/restores?service=checkout')).body).toMatchObject({ items: [{ id, phase: 'succeeded', dryRun: false }], next: null });
  });

  it('shows and steers a live one while the database is away', async () => {
    await aBackup(api);
    const id = await restore();
    const other = await startTestApi({ stores: createMemoryStores({ available: () => false }), backupRuns: api.backupRuns });
    expect((await get(other, `/restores/${id}`)).body).toMatchObject({ id, from: 'run', plan: null });
    expect((await post(other, `/restores/${id}/abort`)).status).toBe(200);
    await other.close();
  });
});

describe('steering a restore', () => {
  const gate: OpenGate = { address: 'data-owners', notOwnChange: false, role: null, quorum: 1, approvals: [], until: '', onTimeout: 'abort', reason: '' };
  beforeEach(() => aBackup(api));

  it.each([
    ['pause', {}, {}, { paused: true }],
    ['abort', { reason: 'wrong one' }, {}, { phase: 'rolling-back', cause: { code: 'ABORTED', by: 'admin', text: 'wrong one' } }],
    ['approve', { gate: 'data-owners' }, { phase: 'waiting' as const, gates: [gate] }, { gates: [] }],
    ['reject', { gate: 'data-owners', reason: 'no' }, { phase: 'waiting' as const, gates: [gate] }, { cause: { code: 'REJECTED' } }],
    ['skip', {}, { phase: 'keeping' as const }, { phase: 'keeping' }],
    ['resolve', { live: 'restored' }, { phase: 'needs-attention' as const }, { live: 'restored' }],
  ])('by %s answers with the new status', async (kind, body, before, after) => {
    const id = await restore();
    api.backupRuns.advanceRestore(id, before);
    const answer = await post(api, `/restores/${id}/${kind}`, body);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id, ...after, links: {} });
  });

  it('carries out a message with the same key once', async () => {
    const id = await restore();
    await post(api, `/restores/${id}/pause`, {}, { 'Idempotency-Key': 'k' });
    expect((await post(api, `/restores/${id}/pause`, {}, { 'Idempotency-Key': 'k' })).status).toBe(200);
    expect(api.backupRuns.messages.length).toBe(1);
  });

  it('answers a refusal by its code', async () => {
    const id = await restore();
    expect(await refusal(post(api, `/restores/${id}/resume`))).toEqual([409, 'NOT_PAUSED']);
    expect(await refusal(post(api, `/restores/${id}/approve`, { gate: 'other' }))).toEqual([409, 'GATE_NOT_OPEN']);
  });

  it('learns by its key what became of a message whose answer was lost, also after the end', async () => {
    const id = await restore();
    api.backupRuns.loseNextAnswer();
    const lost = await post(api, `/restores/${id}/abort`, { reason: 'x' });
    expect([lost.status, lost.body['code']]).toEqual([504, 'TEMPORAL_TIMEOUT']);
    const again = { 'Idempotency-Key': String(lost.body['idempotencyKey']) };
    expect((await post(api, `/restores/${id}/abort`, { reason: 'x' }, again)).body).toMatchObject({ phase: 'rolling-back', cause: { text: 'x' } });
    expect(api.backupRuns.messages).toHaveLength(1);
    await api.stores.restores.record(api.backupRuns.advanceRestore(id, { phase: 'aborted', endedAt: new Date(now).toISOString() }));
    const { status, body } = await post(api, `/restores/${id}/abort`, { reason: 'x' }, again);
    expect([status, body]).toEqual([200, expect.objectContaining({ id, phase: 'aborted', cause: expect.objectContaining({ text: 'x' }) })]);
    expect(body).not.toHaveProperty('messages');
    expect(await refusal(post(api, `/restores/${id}/abort`, {}, { 'Idempotency-Key': 'other' }))).toEqual([409, 'RESTORE_ENDED']);
  });

  it('has nobody to tell after the end', async () => {
    const id = await restore();
    await api.stores.restores.record(api.backupRuns.advanceRestore(id, { phase: 'succeeded', endedAt: new Date(now).toISOString() }));
    expect(await refusal(post(api, `/restores/${id}/abort`))).toEqual([409, 'RESTORE_ENDED']);
    await restore();
    expect(await refusal(post(api, `/restores/${id}/abort`))).toEqual([409, 'RESTORE_ENDED']);
    expect(await refusal(post(api, '/restores/01JD0000000000000000000000/abort'))).toEqual([404, 'RESTORE_NOT_FOUND']);
  });
});

describe('a restore that does not get on', () => {
  const trying = { step: 'copy', attempt: 2, code: 'REPOSITORY_UNREACHABLE', text: 'nobody answers', nextAt: null, until: '2030-01-01T16:00:00.000Z' } as const;

  it('says which step failed and why', async () => {
    await aBackup(api);
    const id = await restore();
    api.backupRuns.failStep('restore', id, trying);
    expect((await get(api, `/restores/${id}`)).body).toMatchObject({ trying });
  });

  it('says so of its safety backup', async () => {
    await aBackup(api);
    const id = await restore();
    const safety = '01JD0000000000000000000001';
    api.backupRuns.advanceRestore(id, { phase: 'protecting', safetyBackup: safety });
    api.backupRuns.failStep('backup', safety, { ...trying, step: 'capture' });
    expect((await get(api, `/restores/${id}`)).body).toMatchObject({ trying: { step: 'capture' } });
  });

  it('a drill says so too', async () => {
    await aBackup(api);
    const id = String((await post(api, '/drills', ADDRESS)).body['id']);
    api.backupRuns.failStep('drill', id, trying);
    expect((await get(api, `/drills/${id}`)).body).toMatchObject({ trying });
    api.backupRuns.complete('drill', id);
    expect((await get(api, `/drills/${id}`)).body).toMatchObject({ trying: null });
  });
});

describe('drills', () => {
  it('start a run, once at a time', async () => {
    await aBackup(api);
    const { status, body } = await post(api, '/drills', ADDRESS, { 'Idempotency-Key': 'k1' });
    expect([status, body['state']]).toEqual([202, 'running']);
    await api.app.afterwards.settled();
    expect((await post(api, '/drills', ADDRESS, { 'Idempotency-Key': 'k1' })).body).toEqual(body);
    const second = await post(api, '/drills', ADDRESS);
    expect([second.status, second.body['code'], second.body['drill']]).toEqual([409, 'DRILL_RUNNING', body['id']]);
    expect((await get(api, '/drills')).body).toMatchObject({ items: [{ id: body['id'] }], next: null });
  });

  it('need a verified backup', async () => {
    await aBackup(api, { state: 'damaged' });
    expect(await refusal(post(api, '/drills', ADDRESS))).toEqual([409, 'NO_BACKUP']);
  });

  it('say whether what was restored was equal', async () => {
    await aBackup(api);
    const id = String((await post(api, '/drills', ADDRESS)).body['id']);
    await api.stores.drills.record(id, { proven: false, text: 'a.json: 99 bytes, recorded were 100', tookMs: 12, at: new Date(now).toISOString() });
    expect((await get(api, `/drills/${id}`)).body).toMatchObject({ id, state: 'failed', text: 'a.json: 99 bytes, recorded were 100', tookMs: 12, by: 'admin' });
    expect(await refusal(get(api, '/drills/01JD0000000000000000000000'))).toEqual([404, 'DRILL_NOT_FOUND']);
  });
});
