import { beforeEach, describe, expect, it } from '@jest/globals';
import { encodeEntry, type RouterEntry, type Slot } from '../../domain/router/entry.js';
import { createFakeProber, type FakeProber, UNWELL } from '../../probes/fake-prober.js';
import { createFakeRouter, type FakeRouter } from '../../routers/fake/fake-router.js';
import type { ProbedSlot } from '../deployment/slot-health.js';
import { ensureServing, type ServingReport } from './ensure-serving.js';
import { HEALTH } from '../../../test/support/plans.js';

const BACKEND = 'shop-test';
const OWN = '01JB0000000000000000000000';
const STEP: RouterEntry = { stable: 'blue', phase: 'moving', generation: `${OWN}.2`, candidateShare: 2_000, baselineShare: 0, deployment: '01JA0000000000000000000000' };
const FENCE = { generation: STEP.generation, base: `${OWN}.1` };
const SERVERS: Readonly<Record<Slot, readonly string[]>> = { blue: ['127.0.0.1:9001', '127.0.0.1:9002'], green: ['127.0.0.1:9003'] };

describe('slots that are to serve on every router instance', () => {
  let fake: FakeRouter;
  let prober: FakeProber;
  beforeEach(async () => {
    fake = createFakeRouter({ instances: ['a', 'b'], slotSize: 3 });
    prober = createFakeProber();
    await fake.router.shift({ backend: BACKEND, entry: STEP, base: 'none' });
    for (const slot of ['blue', 'green'] as const) await fake.router.ready({ backend: BACKEND, slot, fence: FENCE }, slotOf(slot).instances);
  });

  it('cost one reading, and no probe, where nothing is lost', async () => {
    const before = fake.control.calls.length;
    expect(await ensured()).toMatchObject({ restored: [], gaps: [], unread: [] });
    expect(fake.control.calls.slice(before).map(({ call }) => call)).toEqual(['read', 'read']);
    expect(prober.probed).toEqual([]);
  });

  it('are filled again on the instance that lost them, stable’s first', async () => {
    fake.control.restartWithout('b', 'servers');
    const { restored, gaps } = await ensured();
    expect(restored).toEqual([{ instance: 'b', slot: 'blue', addresses: SERVERS.blue }, { instance: 'b', slot: 'green', addresses: SERVERS.green }]);
    expect(gaps).toEqual([]);
    expect(fake.control.rotation(BACKEND, 'blue', 'b')).toEqual(SERVERS.blue);
  });

  it('get no server that does not answer a probe', async () => {
    prober.answer('127.0.0.1:9002', UNWELL);
    fake.control.restartWithout('b', 'servers');
    await ensured();
    expect(fake.control.rotation(BACKEND, 'blue', 'b')).toEqual(['127.0.0.1:9001']);
  });

  it('are said not to serve where none answers', async () => {
    prober.answerAll(UNWELL);
    fake.control.restartWithout('b', 'servers');
    expect((await ensured()).gaps).toMatchObject([{ instance: 'b', slot: 'blue', local: true }, { instance: 'b', slot: 'green', local: true }]);
  });

  it('are said not to serve where the slot has no room for them', async () => {
    fake.control.restartWithout('b', 'servers');
    const old = Array.from({ length: 3 }, (_, n) => ({ id: `old-${n}`, address: `127.0.0.1:80${n}` }));
    await fake.router.ensure({ backend: BACKEND, slot: 'blue', fence: FENCE, only: ['b'], servers: old });
    const { gaps } = await ensured();
    expect(gaps).toMatchObject([{ instance: 'b', slot: 'blue', local: true }]);
    expect(gaps[0]?.text).toContain('room');
  });

  it('leave a server where a person took it out of rotation', async () => {
    fake.control.restartWithout('b', 'servers');
    await fake.router.register({ backend: BACKEND, slot: 'blue', fence: FENCE }, slotOf('blue').instances);
    expect((await ensured()).gaps).toMatchObject([{ instance: 'b', slot: 'blue' }]);
    expect(fake.control.rotation(BACKEND, 'blue', 'b')).toEqual([]);
  });

  it('are filled where an instance lost its entry as well', async () => {
    fake.control.restartWithout('b', 'everything');
    expect((await ensured()).gaps).toEqual([]);
  });

  it('are left as they are where a later deployment is at work on any instance', async () => {
    fake.control.overwrite(BACKEND, encodeEntry({ ...STEP, generation: '01JC0000000000000000000000.1' }), 'a');
    fake.control.restartWithout('b', 'everything');
    await ensured();
    expect(fake.control.rotation(BACKEND, 'blue', 'b')).toEqual([]);
  });

  it('are not looked at on an instance that was given up, and name one that is away', async () => {
    fake.control.away('b');
    expect(await ensured()).toMatchObject({ gaps: [], unread: [{ instance: 'b' }] });
    expect(await ensured(['b'])).toMatchObject({ gaps: [], unread: [] });
  });

  function ensured(except: readonly string[] = []): Promise<ServingReport> {
    const request = { router: fake.router, backend: BACKEND, except, slots: [slotOf('blue'), slotOf('green')], fence: FENCE };
    return ensureServing({ prober }, request, new AbortController().signal);
  }
});

function slotOf(slot: Slot): ProbedSlot {
  const instances = SERVERS[slot].map((address) => ({ id: address, address }));
  return { slot, instances, health: { web: HEALTH }, values: { service: 'shop', environment: 'test', deployment: OWN, slot, version: 'v1' } };
}
