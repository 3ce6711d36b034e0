import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { startTestApi, type TestApi } from './support.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  await api.putCheckout();
});
afterEach(() => api.close());

const tell = (on: TestApi, id: string, kind: string, body?: object, headers: Record<string, string> = {}) =>
  on.call('POST', `/api/v1/deployments/${id}/${kind}`, { headers, ...(body && { body }) });

describe('control', () => {
  it('aborts, and says who and why', async () => {
    const id = await api.deploy('v1');
    const { status, body } = await tell(api, id, 'abort', { reason: 'wrong version' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, phase: 'rolling-back', cause: { code: 'ABORTED', by: 'admin', text: 'wrong version' }, links: {} });
  });

  it('needs no body', async () => {
    expect((await tell(api, await api.deploy('v1'), 'pause')).body).toMatchObject({ paused: true });
  });

  it('carries out a message with the same key once', async () => {
    const id = await api.deploy('v1');
    await tell(api, id, 'pause', {}, { 'Idempotency-Key': 'k' });
    const again = await tell(api, id, 'pause', {}, { 'Idempotency-Key': 'k' });
    expect([again.status, api.runs.messages.length]).toEqual([200, 1]);
  });

  it('tells messages of different kinds with the same key apart', async () => {
    const id = await api.deploy('v1');
    await tell(api, id, 'pause', {}, { 'Idempotency-Key': 'k' });
    expect((await tell(api, id, 'resume', {}, { 'Idempotency-Key': 'k' })).body).toMatchObject({ paused: false });
  });

  it('answers the run’s refusal by its code', async () => {
    const id = await api.deploy('v1');
    const { status, body } = await tell(api, id, 'resume');
    expect([status, body['code']]).toEqual([409, 'NOT_PAUSED']);
  });

  it('approves the gate that is named', async () => {
    const id = await api.deploy('v1');
    api.runs.advance(id, 'progressing', { gates: [{ address: '2/managers', notOwnChange: false, role: null, quorum: 1, approvals: [], until: '', onTimeout: 'abort', reason: '' }] });
    expect((await tell(api, id, 'approve', { gate: '1/managers' })).body['code']).toBe('GATE_NOT_OPEN');
    expect((await tell(api, id, 'approve', { gate: '2/managers' })).body).toMatchObject({ gates: [] });
  });

  it('passes on which slot serves', async () => {
    const id = await api.deploy('v1');
    api.runs.advance(id, 'needs-attention');
    await tell(api, id, 'resolve', { slot: 'blue' });
    expect(api.runs.messages.at(-1)).toMatchObject({ kind: 'resolve', message: { deployment: id, resolve: { slot: 'blue' } } });
  });

  it('refuses a deployment that has ended', async () => {
    const id = await api.deploy('v1');
    await api.succeed(id);
    const { status, body } = await tell(api, id, 'abort');
    expect([status, body['code']]).toEqual([409, 'DEPLOYMENT_ENDED']);
  });

  it('refuses the one before when the lock has gone to another', async () => {
    const first = await api.deploy('v1');
    await api.succeed(first);
    await api.deploy('v2');
    expect((await tell(api, first, 'pause')).body['code']).toBe('DEPLOYMENT_ENDED');
  });

  it('does not know what was never requested', async () => {
    const { status, body } = await tell(api, '01JD0000000000000000000000', 'abort');
    expect([status, body['code']]).toEqual([404, 'DEPLOYMENT_NOT_FOUND']);
  });

  it('is retryable while Temporal is away', async () => {
    const id = await api.deploy('v1');
    api.runs.set('away');
    expect((await tell(api, id, 'abort')).body).toMatchObject({ code: 'TEMPORAL_UNAVAILABLE', retryable: true });
  });
});

describe('a message whose answer was lost', () => {
  const lost = async (headers: Record<string, string> = {}) => {
    const id = await api.deploy('v1');
    api.runs.loseNextAnswer();
    const { status, body } = await tell(api, id, 'abort', { reason: 'x' }, headers);
    expect([status, body['code'], body['retryable']]).toEqual([504, 'TEMPORAL_TIMEOUT', true]);
    return { id, again: { 'Idempotency-Key': String(body['idempotencyKey']) } };
  };
  const end = async (id: string) => {
    await api.stores.deployments.record({ status: api.runs.advance(id, 'rolled-back') });
  };

  it('names the key by which a repeat learns what became of it, also where none was sent', async () => {
    const { id, again } = await lost();
    expect((await tell(api, id, 'abort', { reason: 'x' }, again)).body).toMatchObject({ phase: 'rolling-back', cause: { text: 'x' } });
    expect(api.runs.messages).toHaveLength(1);
  });

  it('is answered by its key also after the end, by what is on record; one that was never taken is not', async () => {
    const { id, again } = await lost({ 'Idempotency-Key': 'k' });
    expect(again).toEqual({ 'Idempotency-Key': 'k' });
    await end(id);
    const { status, body } = await tell(api, id, 'abort', { reason: 'x' }, again);
    expect([status, body]).toEqual([200, expect.objectContaining({ id, phase: 'rolled-back', endedAt: expect.any(String) })]);
    expect(body).not.toHaveProperty('messages');
    for (const headers of [{}, { 'Idempotency-Key': 'other' }]) expect((await tell(api, id, 'abort', {}, headers)).body['code']).toBe('DEPLOYMENT_ENDED');
    expect((await tell(api, id, 'pause', {}, again)).body['code']).toBe('DEPLOYMENT_ENDED');
  });

  it('is answered also when another deployment has the lock by now', async () => {
    const { id, again } = await lost({ 'Idempotency-Key': 'k' });
    await end(id);
    await api.deploy('v2');
    expect((await tell(api, id, 'abort', { reason: 'x' }, again)).body).toMatchObject({ id, phase: 'rolled-back' });
  });
});

describe('while the database is away', () => {
  it.each(['abort', 'pause'])('%s works, also in a process that never saw the deployment', async (kind) => {
    const id = await api.deploy('v1');
    const other = await startTestApi({ stores: createMemoryStores({ available: () => false }), runs: api.runs });
    expect((await tell(other, id, kind)).status).toBe(200);
    await other.close();
  });

  it('a live deployment is shown from its run', async () => {
    const id = await api.deploy('v1');
    const other = await startTestApi({ stores: createMemoryStores({ available: () => false }), runs: api.runs });
    expect((await other.call('GET', `/api/v1/deployments/${id}`)).body).toMatchObject({ id, source: 'run', phase: 'preparing', plan: { candidate: { version: 'v1' } } });
    await other.close();
  });

  it('everything else is refused as retryable', async () => {
    const other = await startTestApi({ stores: createMemoryStores({ available: () => false }) });
    for (const path of ['/services', '/deployments', '/deployments/01JD0000000000000000000000']) {
      expect((await other.call('GET', `/api/v1${path}`)).body).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
    }
    await other.close();
  });
});
