import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApi, type TestApi } from './support.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  await api.putCheckout();
});
afterEach(() => api.close());

const REQUEST = { service: 'checkout', environment: 'production', version: 'v1' };
const post = (body: object, headers: Record<string, string> = {}) => api.call('POST', '/api/v1/deployments', { body, headers });

describe('POST /deployments', () => {
  it('starts a run and answers with its id and links', async () => {
    const { status, headers, body } = await post(REQUEST);
    expect(status).toBe(202);
    const self = `/api/v1/deployments/${String(body['id'])}`;
    expect(headers.get('location')).toBe(self);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ ...REQUEST, strategy: 'canary', phase: 'requested', links: { self, events: `${self}/events`, temporal: 'http://ui/deploy/production/checkout' } });
    expect(await api.runs.findRunning(String(body['id']))).toMatchObject({ service: 'checkout', environment: 'production' });
  });

  it('answers the same request with the same key by the same deployment', async () => {
    const first = await post(REQUEST, { 'Idempotency-Key': 'k1' });
    const again = await post(REQUEST, { 'Idempotency-Key': 'k1' });
    expect([again.status, again.body]).toEqual([202, first.body]);
  });

  it('refuses a key that came with another body', async () => {
    await post(REQUEST, { 'Idempotency-Key': 'k1' });
    const { status, body } = await post({ ...REQUEST, version: 'v2' }, { 'Idempotency-Key': 'k1' });
    expect([status, body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('drives the same deployment on when Temporal was away at the first try', async () => {
    api.runs.set('away');
    const failed = await post(REQUEST, { 'Idempotency-Key': 'k1' });
    expect([failed.status, failed.body['code'], failed.headers.get('retry-after')]).toEqual([503, 'TEMPORAL_UNAVAILABLE', '2']);
    const [requested] = (await api.stores.deployments.list({}, { limit: 10 })).items;
    api.runs.set('back');
    const { status, body } = await post(REQUEST, { 'Idempotency-Key': 'k1' });
    expect([status, body['id']]).toEqual([202, requested?.id]);
  });

  it('starts one run for many requests with the same key at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(REQUEST, { 'Idempotency-Key': 'k1' })));
    const ids = new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body['id']));
    expect(ids.size).toBe(1);
    for (const { status, body } of answers) expect(status === 202 || body['code'] === 'IDEMPOTENCY_IN_FLIGHT').toBe(true);
  });

  it('frees the key of a refused request', async () => {
    await post({ ...REQUEST, service: 'later' }, { 'Idempotency-Key': 'k1' });
    const { status } = await post({ ...REQUEST, service: 'later' }, { 'Idempotency-Key': 'k1' });
    expect(status).toBe(404);
  });

  it('names the live deployment and withdraws its own row', async () => {
    const live = await api.deploy('v1');
    const { status, body } = await post({ ...REQUEST, version: 'v2' });
    expect([status, body['code'], body['deployment']]).toEqual([409, 'DEPLOYMENT_LIVE', live]);
    expect((await api.stores.deployments.list({}, { limit: 10 })).items.map(({ id }) => id)).toEqual([live]);
  });

  it('refuses what is live already, unless forced', async () => {
    await api.succeed(await api.deploy('v1'));
    expect((await post(REQUEST)).body['code']).toBe('NOTHING_TO_DEPLOY');
    expect((await post({ ...REQUEST, force: true })).status).toBe(202);
  });

  it('needs a version at first', async () => {
    const { status, body } = await post({ service: 'checkout', environment: 'production' });
    expect([status, body['code']]).toEqual([422, 'VERSION_REQUIRED']);
  });

  it('takes an alternative strategy by name', async () => {
    expect((await post({ ...REQUEST, strategy: 'hotfix' })).body).toMatchObject({ strategy: 'hotfix' });
  });

  it('shows the plan of a dry run and starts nothing', async () => {
    const { status, body } = await api.call('POST', '/api/v1/deployments?dryRun=true', { body: REQUEST });
    expect(status).toBe(200);
    expect(body).toMatchObject({ plan: { candidate: { version: 'v1' } }, timing: { shortestMs: expect.any(Number) } });
    // No worker of this site has looked at the router yet.
    expect(body['warnings']).toEqual([expect.stringContaining('edge')]);
    expect((await api.stores.deployments.list({}, { limit: 10 })).items).toEqual([]);
  });

  it('warns in a dry run of a router that cannot write its files, as it was last seen, and shows it', async () => {
    const seen = { service: 'checkout', environment: 'production', routerInstance: 'a', entry: 'e', split: { blue: 10_000, green: 0 }, at: new Date().toISOString() };
    await api.stores.observations.observe([{ ...seen, health: { stable: '1 of 1 up', candidate: 'empty', disk: 'ENOSPC' } }]);
    const { body } = await api.call('POST', '/api/v1/deployments?dryRun=true', { body: REQUEST });
    expect(body['warnings']).toContainEqual(expect.stringContaining('ENOSPC'));
    expect((await api.call('GET', '/api/v1/services/checkout/environments/production')).body).toMatchObject({ observed: [{ health: { disk: 'ENOSPC' } }] });
  });
});

describe('GET /deployments', () => {
  it('shows the live run’s own word, then the record’s', async () => {
    const id = await api.deploy('v1');
    api.runs.advance(id, 'progressing', { step: 1, split: { blue: 9_000, green: 1_000 } });
    expect((await api.call('GET', `/api/v1/deployments/${id}`)).body).toMatchObject({ id, source: 'run', phase: 'progressing', step: 1, by: 'admin' });
    await api.succeed(id);
    expect((await api.call('GET', `/api/v1/deployments/${id}`)).body).toMatchObject({ id, source: 'record', phase: 'succeeded' });
  });

  it('shows of a run that has ended without a record what was last written down, and says so', async () => {
    const id = await api.deploy('v1');
    await api.stores.deployments.accepted(id);
    api.runs.advance(id, 'progressing');
    api.runs.terminate(id);
    const { body } = await api.call('GET', `/api/v1/deployments/${id}`);
    expect(body).toMatchObject({ source: 'record', phase: 'requested', notes: [expect.stringContaining('ended in Temporal')] });
  });

  it('shows what is recorded while Temporal is away', async () => {
    const id = await api.deploy('v1');
    api.runs.set('away');
    expect((await api.call('GET', `/api/v1/deployments/${id}`)).body).toMatchObject({ id, source: 'record', phase: 'requested' });
  });

  it('waits until people are asked', async () => {
    const id = await api.deploy('v1');
    const waiting = api.call('GET', `/api/v1/deployments/${id}?until=gate&wait=8s`);
    api.runs.advance(id, 'progressing', { gates: [gate('2/managers')] });
    expect((await waiting).body).toMatchObject({ reached: true, gates: [{ address: '2/managers' }] });
  });

  it.each(['watching', 'retiring', 'contracting'] as const)('has been promoted once it is %s', async (phase) => {
    const id = await api.deploy('v1');
    api.runs.advance(id, phase);
    expect((await api.call('GET', `/api/v1/deployments/${id}?until=promoted&wait=8s`)).body).toMatchObject({ reached: true, phase });
  });

  it('answers a wait as it is when the time is over', async () => {
    const id = await api.deploy('v1');
    expect((await api.call('GET', `/api/v1/deployments/${id}?until=ended&wait=10ms`)).body).toMatchObject({ reached: false, phase: 'preparing' });
  });

  it('lists newest first, page by page', async () => {
    const first = await api.deploy('v1');
    await api.succeed(first);
    const second = await api.deploy('v2');
    const page = await api.call('GET', '/api/v1/deployments?limit=1');
    expect(page.body).toMatchObject({ items: [{ id: second, links: {} }] });
    const rest = await api.call('GET', `/api/v1/deployments?limit=1&cursor=${String(page.body['next'])}`);
    expect(rest.body).toMatchObject({ items: [{ id: first }], next: null });
    expect((await api.call('GET', '/api/v1/deployments?live=true&service=checkout')).body).toMatchObject({ items: [{ id: second }] });
  });
});

describe('POST /deployments/{id}/undo', () => {
  it('brings back the release before', async () => {
    await api.succeed(await api.deploy('v1'));
    const second = await api.deploy('v2');
    await api.succeed(second);
    const { status, body } = await api.call('POST', `/api/v1/deployments/${second}/undo`);
    expect([status, body['version']]).toEqual([202, 'v1']);
    expect((await api.call('GET', `/api/v1/deployments/${String(body['id'])}`)).body).toMatchObject({ undoes: second });
  });

  it.each([['the first deployment', 'v1', 'NOTHING_TO_UNDO']])('refuses %s', async (_, version, code) => {
    const id = await api.deploy(version);
    await api.succeed(id);
    expect((await api.call('POST', `/api/v1/deployments/${id}/undo`)).body['code']).toBe(code);
  });

  it('refuses one that another came after', async () => {
    const first = await api.deploy('v1');
    await api.succeed(first);
    await api.succeed(await api.deploy('v2'));
    expect((await api.call('POST', `/api/v1/deployments/${first}/undo`)).body['code']).toBe('NOTHING_TO_UNDO');
  });

  it('refuses one that is live itself', async () => {
    const id = await api.deploy('v1');
    expect((await api.call('POST', `/api/v1/deployments/${id}/undo`)).body['code']).toBe('DEPLOYMENT_LIVE');
  });
});

function gate(address: string) {
  return { address, notOwnChange: false, role: null, quorum: 1, approvals: [], until: new Date().toISOString(), onTimeout: 'abort' as const, reason: 'asked' };
}
