import { describe, expect, it } from '@jest/globals';
import type { Slot } from '../../domain/router/entry.js';
import { describeRouterContract, type RouterScene } from '../contract.js';
import { fillSlots, shift, stepTo } from '../contract/scene.js';
import type { FakeCounts } from './fake-backend.js';
import { createFakeRouter, type FakeRouter } from './fake-router.js';

const BACKEND = 'checkout-production';
const UNKNOWN_BACKEND = 'nowhere-production';
const SERVERS = { blue: { id: 'b1', address: '10.0.0.1:80' }, green: { id: 'g1', address: '10.0.0.2:80' } };

describeRouterContract('the fake router of one instance', ['failing disk', 'strangers', 'limited room', 'percentiles'], async () => sceneOf(createFakeRouter({ slotSize: 3 })));
describeRouterContract('the fake router of two instances', ['failing disk', 'several instances', 'strangers', 'limited room', 'percentiles'], async () => {
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

  it('counts what it is told, and takes the rest for answered well', async () => {
    const { router, control } = createFakeRouter();
    const { marks } = await router.observe(BACKEND);
    control.count(BACKEND, 'green', { requests: 3, begun: 5, quit: 1 });
    const [seen] = (await router.observe(BACKEND, marks)).instances;
    expect(seen).toMatchObject({ slots: { green: { requests: 3, errors: 0, begun: 5, headed: 3, attempts: 3, quit: 1 } } });
  });

  it('says what runs in a slot until it is told otherwise, and the heads of its servers once', async () => {
    const { router, control } = createFakeRouter();
    const first = await router.observe(BACKEND);
    control.load(BACKEND, 'green', { waiting: 2, servers: [{ address: '10.0.0.2:80', inFlight: 2, attempts: 7, headed: 7 }] });
    const second = await router.observe(BACKEND, first.marks);
    const third = await router.observe(BACKEND, second.marks);
    const load = (headed: number): object => ({ slots: { green: { load: { waiting: 2, streaming: 0, servers: [{ address: '10.0.0.2:80', inFlight: 2, attempts: headed, headed }] } } } });
    expect(second.instances[0]).toMatchObject(load(7));
    expect(third.instances[0]).toMatchObject(load(0));
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
  const answers: Record<Slot, 'well' | 'failing' | 'missing'> = { blue: 'well', green: 'well' };
  control.unknown(UNKNOWN_BACKEND);

  /** A request that runs, at the slot's server. */
  function begin(slot: Slot, as: 'waiting' | 'streaming'): { end(counts: FakeCounts): void } {
    const instance = firstOf(control.calls);
    const headed = as === 'streaming' ? 1 : 0;
    control.count(BACKEND, slot, { begun: 1, headed, attempts: 1 }, instance);
    control.load(BACKEND, slot, { [as]: 1, servers: [{ address: SERVERS[slot].address, inFlight: 1, attempts: headed, headed }] }, instance);
    control.inFlight(BACKEND, slot, 1, instance);
    return {
      end(counts) {
        control.count(BACKEND, slot, { requests: 1, begun: 0, headed: 0, attempts: 0, ...counts }, instance);
        control.load(BACKEND, slot, {}, instance);
        control.inFlight(BACKEND, slot, 0, instance);
      },
    };
  }

  return {
    router,
    backend: BACKEND,
    unknownBackend: UNKNOWN_BACKEND,
    servers: SERVERS,
    slotSize: 3,
    async send({ bucket, override } = {}) {
      const asked = bucket ?? 4_711;
      const slot = control.send(BACKEND, { bucket: asked, ...(override ? { override } : {}) });
      if (!slot) return { status: 503 };
      const status = { well: 200, failing: 500, missing: 404 }[answers[slot]];
      control.count(BACKEND, slot, { requests: 1, errors: status === 500 ? 1 : 0, clientErrors: status === 404 ? 1 : 0 }, firstOf(control.calls));
      return { status, slot, ...(bucket === undefined ? { bucket: asked } : {}) };
    },
    async hold(slot) {
      const held = begin(slot, 'streaming');
      let end: 'answered' | 'cut' = 'cut';
      return {
        async finish() {
          const { instances } = await router.read(BACKEND);
          if (instances.some((one) => one.ok && one.slots[slot].inFlight > 0)) end = 'answered';
          held.end({});
        },
        get ended() {
          return Promise.resolve(end);
        },
      };
    },
    async hang(slot) {
      const hung = begin(slot, 'waiting');
      return { leave: async () => hung.end({ quit: 1, failedAttempts: 1 }) };
    },
    async upgrade(slot) {
      const socket = begin(slot, 'streaming');
      return { leave: async () => socket.end({}) };
    },
    async hangUp(slot) {
      control.count(BACKEND, slot, { requests: 1, errors: 1, headed: 0, attempts: 2, failedAttempts: 2, ownErrors: 1 }, firstOf(control.calls));
      return { tries: 2 };
    },
    answer: (slot, how) => void (answers[slot] = how),
    server: async (slot, state) => control.server(SERVERS[slot].address, state),
    restart: async () => namesOf(control.calls).forEach((name) => control.restart(name)),
    restartWithoutFiles: async () => namesOf(control.calls).forEach((name) => control.restartWithout(name, 'everything')),
    overwrite: async (text) => control.overwrite(BACKEND, text),
    disk: async (how) => router.persistence().forEach(({ instance }) => control.failDisk(instance, how === 'failing' ? 'its disk is full' : undefined)),
    close: async () => {},
  };
}

function namesOf(calls: FakeRouter['control']['calls']): readonly string[] {
  return [...new Set(calls.map((one) => one.instance))];
}

function firstOf(calls: FakeRouter['control']['calls']): string {
  return calls[0]?.instance ?? 'a';
}
