import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FoundDrift } from '../../src/store/keeper-store.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { DEFINITION, problemPaths, startTestApi, type TestApi } from './support.js';

const DRIFT: FoundDrift = {
  service: 'checkout', environment: 'production', routerInstance: 'a', kind: 'absent', deployment: '01A', text: 'lacks its entry', outcome: 'restoring', since: '2030-01-01T00:00:00.000Z',
};

let api: TestApi;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  api = await startTestApi({ now: () => now, stores: createMemoryStores({ now: () => now }) });
});
afterEach(() => api.close());

const looked = (): Promise<void> => api.stores.keeper.round({ site: 'default', environments: 1, tookMs: 20 });
const seen = async (...instances: readonly (readonly [string, readonly string[]])[]): Promise<void> => {
  for (const [instance, entries] of instances) await api.stores.keeper.sawRouter({ site: 'default', router: 'edge', instance, entries });
  await looked();
};
const put = (query = '') => api.call('PUT', `/api/v1/services/checkout${query}`, { body: DEFINITION });
const dryDeploy = () => api.call('POST', '/api/v1/deployments?dryRun=true', { body: { service: 'checkout', environment: 'production', version: 'v1' } });

describe('a router entry that the router does not have', () => {
  it('is refused where the definition is put, and in dry runs', async () => {
    await put();
    await seen(['a', ['checkout-productoin']], ['b', []]);
    for (const answer of [await put(), await put('?dryRun=true')]) {
      expect([answer.status, answer.body['code'], problemPaths(answer)]).toEqual([422, 'ROUTER_ENTRY_UNKNOWN', ['/environments/production/router/backend']]);
      expect(JSON.stringify(answer.body)).toContain('did you mean \\"checkout-productoin\\"?');
    }
    expect((await dryDeploy()).body['code']).toBe('ROUTER_ENTRY_UNKNOWN');
  });

  it('is a warning while nobody has looked at the router', async () => {
    expect((await put('?dryRun=true')).body).toMatchObject({ warnings: [expect.stringContaining('Nobody has looked at router edge')] });
    expect((await put()).status).toBe(201);
    expect((await dryDeploy()).body).toMatchObject({ warnings: [expect.stringContaining('Nobody has looked at router edge')] });
  });

  it('is a warning when the last look is old', async () => {
    await seen(['a', []]);
    now += 31_000;
    expect((await put()).status).toBe(201);
  });

  it('is a warning where some instances have it', async () => {
    await seen(['a', ['checkout-production']], ['b', []]);
    expect((await put()).status).toBe(201);
    expect((await dryDeploy()).body).toMatchObject({ warnings: [expect.stringContaining('missing on b')] });
  });

  it('is a warning where a release serves behind it: what else the definition says can still change', async () => {
    await put();
    await api.succeed(await api.deploy('v1'));
    await seen(['a', []]);
    expect((await put('?dryRun=true')).body).toMatchObject({ warnings: [expect.stringContaining('missing on a')] });
  });

  it('is nothing to warn of once it is there', async () => {
    await seen(['a', ['checkout-production']], ['b', ['checkout-production', 'other']]);
    expect((await put('?dryRun=true')).body).toMatchObject({ warnings: [] });
  });
});

describe('the view of an environment', () => {
  const view = async () => (await api.call('GET', '/api/v1/services/checkout/environments/production')).body;
  beforeEach(() => put());

  it('shows what is not as recorded, and when somebody last looked', async () => {
    await looked();
    await api.stores.keeper.find(DRIFT);
    now += 3_000;
    const { kind, routerInstance, text, since, outcome } = DRIFT;
    expect(await view()).toMatchObject({ drift: [{ kind, routerInstance, text, since, outcome, until: null }], keeper: { ageMs: 3_000 } });
  });

  it('shows what was put back, for a day', async () => {
    await api.stores.keeper.find(DRIFT);
    await api.stores.keeper.end({ ...DRIFT, until: new Date(now).toISOString(), outcome: 'restored' });
    expect(await view()).toMatchObject({ drift: [{ outcome: 'restored', until: expect.any(String) }], keeper: null });
    now += 25 * 3_600_000;
    expect(await view()).toMatchObject({ drift: [] });
  });
});

describe('a keeper that does not look', () => {
  const ready = () => api.call('GET', '/readyz', { key: null });

  it('degrades nothing where no environment is there to look after', async () => {
    expect(await ready()).toMatchObject({ status: 200, body: { ready: true, degraded: {} } });
  });

  it('is said by /readyz, which stays ready: deployments do not need it', async () => {
    await put();
    expect(await ready()).toMatchObject({ status: 200, body: { ready: true, missing: {}, degraded: { keeper: expect.stringContaining('never looked') } } });
    await looked();
    expect((await ready()).body).toMatchObject({ degraded: {} });
    now += 31_000;
    expect((await ready()).body).toMatchObject({ ready: true, degraded: { keeper: expect.stringContaining('31 s ago') } });
  });

  it('shows by the age of its round in /metrics, beside the drifts', async () => {
    await looked();
    await api.stores.keeper.find(DRIFT);
    now += 4_000;
    const { text } = await api.call('GET', '/metrics', { key: null });
    expect(text).toContain('slipway_keeper_round_age_seconds{site="default"} 4');
    const labels = 'service="checkout",environment="production",router_instance="a",kind="absent"';
    for (const line of [`slipway_drift{${labels}} 1`, `slipway_drifts_found_total{${labels}} 1`, `slipway_drifts_restored_total{${labels}} 0`]) expect(text).toContain(line);
  });
});
