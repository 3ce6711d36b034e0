import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sweepLost } from '../../src/app/deployment/sweep-lost.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { startTestApi, type TestApi } from './support.js';

const MINUTE_MS = 60_000;
let api: TestApi;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  api = await startTestApi({ now: () => now, stores: createMemoryStores({ now: () => now }) });
  await api.putCheckout();
});
afterEach(() => api.close());

const phaseOf = async (id: string) => (await api.stores.deployments.get(id))?.phase;

describe('the sweep for lost deployments', () => {
  it('ends and tells of one whose run was terminated', async () => {
    const id = await api.deploy('v1');
    api.runs.terminate(id);
    now += 2 * MINUTE_MS;
    expect(await sweepLost(api.app)()).toBe(1);
    expect([await phaseOf(id), api.told]).toMatchObject(['lost', [{ kind: 'lost', deployment: id, service: 'checkout', environment: 'production', version: 'v1' }]]);
  });

  it('ends one that was requested but never started', async () => {
    api.runs.set('away');
    await api.deploy('v1');
    api.runs.set('back');
    now += 2 * MINUTE_MS;
    expect(await sweepLost(api.app)()).toBe(1);
  });

  it('lets the same key start anew what was ended before it ever started', async () => {
    const post = () => api.call('POST', '/api/v1/deployments', { body: { service: 'checkout', environment: 'production', version: 'v1' }, headers: { 'Idempotency-Key': 'outage' } });
    api.runs.set('away');
    expect((await post()).body['code']).toBe('TEMPORAL_UNAVAILABLE');
    api.runs.set('back');
    now += 2 * MINUTE_MS;
    await sweepLost(api.app)();
    const { status, body } = await post();
    expect([status, body['phase'], (await api.runs.findRunning(String(body['id'])))?.deployment]).toEqual([202, 'requested', body['id']]);
  });

  it('ends one that was seen to start as soon as its run is gone', async () => {
    const id = await api.deploy('v1');
    await api.stores.deployments.accepted(id);
    api.runs.terminate(id);
    expect([await sweepLost(api.app)(), await phaseOf(id)]).toEqual([1, 'lost']);
  });

  it('leaves one alone that may be between its row and its start', async () => {
    api.runs.set('away');
    await api.deploy('v1');
    api.runs.set('back');
    const [row] = await api.stores.deployments.unended();
    expect([await sweepLost(api.app)(), row && (await phaseOf(row.id))]).toEqual([0, 'requested']);
  });

  it('looks at nothing by itself while all that is on record runs', async () => {
    const id = await api.deploy('v1');
    await api.stores.deployments.accepted(id);
    api.app.runs.describe = () => Promise.reject(new Error('one of thousands was looked at'));
    expect(await sweepLost(api.app)()).toBe(0);
  });

  it('leaves a live one alone', async () => {
    await api.deploy('v1');
    now += 2 * MINUTE_MS;
    expect(await sweepLost(api.app)()).toBe(0);
  });

  it('leaves one whose outcome is still being recorded', async () => {
    const id = await api.deploy('v1');
    now += 2 * MINUTE_MS;
    api.runs.advance(id, 'succeeded');
    expect(await sweepLost(api.app)()).toBe(0);
    now += 61 * MINUTE_MS;
    expect(await sweepLost(api.app)()).toBe(1);
  });

  it('judges nothing while Temporal is away', async () => {
    const id = await api.deploy('v1');
    api.runs.set('away');
    now += 2 * MINUTE_MS;
    await expect(sweepLost(api.app)()).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    expect(await phaseOf(id)).toBe('requested');
  });
});
