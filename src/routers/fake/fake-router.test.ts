import { describe, expect, it } from '@jest/globals';
import type { Slot } from '../../domain/router/entry.js';
import { describeRouterContract, type RouterScene } from '../contract.js';
import { fillSlots, shift, stepTo } from '../contract/scene.js';
import { createFakeRouter, type FakeRouter } from './fake-router.js';

const BACKEND = 'checkout-production';
const SERVERS = { blue: { id: 'b1', address: '10.0.0.1:80' }, green: { id: 'g1', address: '10.0.0.2:80' } };

describeRouterContract('the fake router of one instance', ['strangers', 'limited room', 'percentiles'], async () => sceneOf(createFakeRouter({ slotSize: 3 })));
describeRouterContract('the fake router of two instances', ['several instances', 'strangers', 'limited room', 'percentiles'], async () => {
  const fake = createFakeRouter({ instances: ['a', 'b'], slotSize: 3 });
  return { ...sceneOf(fake), loseInstance: async () => (fake.control.away('b'), 'b') };
});

describe('the fake router can be steered', () => {
  it('spreads traffic over slots and instances by the split', async () => {
    const fake = createFakeRouter({ instances: ['a', 'b'] });
    await fillSlots(sceneOf(fake));
    await shift(sceneOf(fake), stepTo(2_500));
    const { blue, green } = fake.control.traffic(BACKEND, 400);
    expect(blue + green).toBe(400);
    expect(Math.abs(green - 100)).toBeLessThan(5);
  });

  it('fails the share of a slot’s requests that it is told to', async () => {
    const fake = createFakeRouter();
    await fillSlots(sceneOf(fake));
    await shift(sceneOf(fake), stepTo(5_000));
    const { marks } = await fake.router.observe(BACKEND);
    const { green } = fake.control.traffic(BACKEND, 200, { errorRates: { green: 0.25 } });
    const slots = { green: { requests: green, errors: Math.floor(green / 4) }, blue: { errors: 0 } };
    expect((await fake.router.observe(BACKEND, marks)).instances[0]).toMatchObject({ slots });
  });

  it('gives up on an instance that is slower than the time limit', async () => {
    const fake = createFakeRouter({ instances: ['a', 'b'], timeoutMs: 20 });
    fake.control.slow('b', 30_000);
    expect((await fake.router.pull(BACKEND, 'x.1')).instances).toEqual([{ instance: 'a', ok: true }, expect.objectContaining({ code: 'ROUTER_UNREACHABLE' })]);
  });

  it('holds a call before it acts', async () => {
    const fake = createFakeRouter();
    const held = fake.control.holdNext('shift');
    const shifting = shift(sceneOf(fake), stepTo(2_500));
    await held.arrived;
    expect(fake.control.entry(BACKEND).candidateShare).toBe(0);
    held.release();
    expect(await shifting).toEqual(['done']);
  });
});

function sceneOf({ router, control }: FakeRouter): RouterScene {
  const failing = new Set<Slot>();
  return {
    router,
    backend: BACKEND,
    servers: SERVERS,
    slotSize: 3,
    async send({ bucket, override } = {}) {
      const asked = bucket ?? 4_711;
      const slot = control.send(BACKEND, { bucket: asked, ...(override ? { override } : {}) });
      if (!slot) return { status: 503 };
      control.count(BACKEND, slot, { requests: 1, errors: failing.has(slot) ? 1 : 0 }, firstOf(control.calls));
      return { status: failing.has(slot) ? 500 : 200, slot, ...(bucket === undefined ? { bucket: asked } : {}) };
    },
    async hold(slot) {
      const instance = firstOf(control.calls);
      control.inFlight(BACKEND, slot, 1, instance);
      let end: 'answered' | 'cut' = 'cut';
      return {
        async finish() {
          const { instances } = await router.read(BACKEND);
          if (instances.some((one) => one.ok && one.slots[slot].inFlight > 0)) end = 'answered';
          control.inFlight(BACKEND, slot, 0, instance);
        },
        get ended() {
          return Promise.resolve(end);
        },
      };
    },
    answer: (slot, how) => void (how === 'failing' ? failing.add(slot) : failing.delete(slot)),
    server: async (slot, state) => control.server(SERVERS[slot].address, state),
    restart: async () => namesOf(control.calls).forEach((name) => control.restart(name)),
    restartWithoutFiles: async () => namesOf(control.calls).forEach((name) => control.restartWithout(name, 'everything')),
    overwrite: async (text) => control.overwrite(BACKEND, text),
    close: async () => {},
  };
}

function namesOf(calls: FakeRouter['control']['calls']): readonly string[] {
  return [...new Set(calls.map((one) => one.instance))];
}

function firstOf(calls: FakeRouter['control']['calls']): string {
  return calls[0]?.instance ?? 'a';
}
