import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UNWELL, WELL } from '../../src/probes/fake-prober.js';
import { otherSlot, type Slot } from '../../src/domain/router/entry.js';
import { createDelivery, type Delivery, type LiveDeployment } from '../support/delivery.js';
import { aGate, ANALYSIS, aRelease, aStep } from '../support/plans.js';

const BACKEND = 'shop-test';
const LONG_BAKE = { steps: [aStep(1, 10, { bakeMs: 600_000 }), aStep(2, 50)] };

describe('a deployment that meets trouble', () => {
  let delivery: Delivery;
  beforeEach(async () => {
    delivery = await createDelivery({ instances: ['a', 'b'] });
    await delivery.settleV1();
  }, 60_000);
  afterEach(() => delivery.close());

  const stable = (): Slot => delivery.fake.control.entry(BACKEND).stable;
  const inBake = async (plan: Parameters<Delivery['start']>[0] = LONG_BAKE): Promise<LiveDeployment> => {
    const live = await delivery.start(plan);
    await live.when(({ split }) => split !== null && Math.min(split.blue, split.green) === 1_000);
    return live;
  };
  const shares = (): number[] => ['a', 'b'].map((instance) => {
    const { candidateShare, generation } = delivery.fake.control.entry(BACKEND, instance);
    return delivery.fake.control.tombstones(BACKEND, instance).includes(generation) ? 0 : candidateShare;
  });
  const candidateFails = (requests = 100, errors = 40): void => delivery.fake.control.count(BACKEND, otherSlot(stable()), { requests, errors });

  it('pulls a candidate that breaches, on every router instance', async () => {
    const live = await inBake();
    candidateFails();
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'BREACH' });
    expect(shares()).toEqual([0, 0]);
    expect((await live.status()).breachToZeroMs).toEqual(expect.any(Number));
  }, 60_000);

  it('asks people about a breach where that is the policy, and goes on when they say so', async () => {
    const live = await inBake({ steps: [aStep(1, 10, { bakeMs: 2_000 }), aStep(2, 50)], analysis: { ...ANALYSIS, onBreach: 'ask' } });
    candidateFails();
    await live.when(({ gates }) => gates[0]?.address === '1/breach');
    expect(shares()).toEqual([1_000, 1_000]);
    await live.send('approve', { gate: '1/breach' });
    await live.when(({ step }) => step >= 2);
    await live.send('abort');
    await live.outcome();
  }, 60_000);

  it('rolls a candidate back that never became healthy, without traffic', async () => {
    const before = stable();
    delivery.prober.answerAll(UNWELL);
    const live = await delivery.start({ candidate: { ...aRelease('v2'), launch: { timeoutMs: 1_000 } } });
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'NEVER_HEALTHY' });
    expect(stable()).toBe(before);
    expect(delivery.fake.control.rotation(BACKEND, otherSlot(before))).toEqual([]);
  }, 60_000);

  it('pulls a candidate that dies in a bake', async () => {
    const live = await inBake();
    for (const { id } of await instancesOf(delivery, live)) delivery.prober.answer(id, UNWELL);
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'BREACH' });
  }, 60_000);

  it('leaves the traffic where it lives when the candidate breaches and stable is down, until a person says which slot serves', async () => {
    const live = await inBake();
    const wasStable = stable();
    const candidates = await instancesOf(delivery, live);
    delivery.prober.answerAll(UNWELL);
    for (const address of delivery.fake.control.rotation(BACKEND, wasStable)) delivery.fake.control.server(address, 'down');
    for (const { id } of candidates) delivery.prober.answer(id, WELL);
    await live.when(({ notes }) => notes.some((note) => note.includes('stable')), 10_000).catch(() => undefined);
    candidateFails();
    await live.when(({ phase }) => phase === 'needs-attention');
    expect(shares()).toEqual([1_000, 1_000]);
    await live.when(({ notes }) => notes.length > 0);
    await retrying(() => live.send('resolve', { id: `r${Math.random()}`, resolve: { slot: otherSlot(wasStable) } }));
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(stable()).toBe(otherSlot(wasStable));
  }, 90_000);

  it('pulls those router instances that answer when one is away, needs attention, and ends once it is dropped', async () => {
    const live = await inBake();
    delivery.fake.control.away('b');
    await live.send('abort');
    await live.when(({ phase }) => phase === 'needs-attention', 40_000);
    expect(shares()[0]).toBe(0);
    await retrying(() => live.send('resolve', { id: `r${Math.random()}`, resolve: { drop: 'b' } }));
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back' });
  }, 120_000);

  it('ends by itself when the router instance that was away comes back', async () => {
    const live = await inBake();
    delivery.fake.control.away('b');
    await live.send('abort');
    await live.when(({ phase }) => phase === 'needs-attention', 40_000);
    delivery.fake.control.back('b');
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back' });
    expect(shares()).toEqual([0, 0]);
  }, 120_000);

  it('moves nothing while the router cannot be reached at the start', async () => {
    delivery.fake.control.away('a');
    const live = await delivery.start();
    await live.when(({ phase }) => phase === 'preparing');
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted' });
    expect(delivery.target.launches.filter(({ deployment }) => deployment === live.id)).toEqual([]);
  }, 60_000);

  it('ends at once, before anything is launched, where a router instance does not know the environment', async () => {
    delivery.fake.control.unknown(BACKEND, 'b');
    const live = await delivery.start();
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'ROUTER_ENTRY_UNKNOWN' });
    expect(delivery.target.launches.filter(({ deployment }) => deployment === live.id)).toEqual([]);
    delivery.fake.control.known(BACKEND, 'b');
  }, 60_000);

  it('takes no router instance that has lost the environment for one that went back, and ends once it is dropped', async () => {
    const live = await inBake();
    delivery.fake.control.unknown(BACKEND, 'b');
    await live.send('abort');
    await live.when(({ phase }) => phase === 'needs-attention');
    expect(shares()[0]).toBe(0);
    await retrying(() => live.send('resolve', { id: `r${Math.random()}`, resolve: { drop: 'b' } }));
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back' });
    expect((await live.status()).notes.filter((note) => note.includes('could not be stopped'))).toEqual([]);
    delivery.fake.control.known(BACKEND, 'b');
  }, 120_000);

  it('goes on while the database is away, and what happened is there afterwards', async () => {
    const live = await inBake();
    delivery.database.available = false;
    await live.send('abort');
    await live.when(({ phase }) => phase === 'rolled-back');
    expect(shares()).toEqual([0, 0]);
    delivery.database.available = true;
    await live.outcome();
    const kinds = (await delivery.stores.events.after(live.id, 0, 100)).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['abort', 'shifted', 'retired', 'ended']));
    expect(await delivery.stores.deployments.get(live.id)).toMatchObject({ phase: 'rolled-back' });
  }, 90_000);

  it('refuses to go over another writer, and guesses nothing', async () => {
    const live = await inBake({ steps: [aStep(1, 10, { bakeMs: 1_500 }), aStep(2, 50)] });
    delivery.fake.control.overwrite(BACKEND, `${stable()}:settled:stranger.1:0:0:stranger`);
    await live.when(({ phase }) => phase === 'needs-attention', 40_000);
    expect(delivery.fake.control.entry(BACKEND).deployment).toBe('stranger');
    await retrying(() => live.send('resolve', { id: `r${Math.random()}`, resolve: { slot: stable() } }));
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'ROUTER_CONFLICT' });
  }, 120_000);

  it('aborts when nobody decides a gate in time', async () => {
    const live = await inBake({ steps: [aStep(1, 10, { gate: aGate('people', { timeoutMs: 1_500 }) })] });
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'GATE_TIMEOUT' });
  }, 60_000);

  it('repairs what a terminated run left behind, and harms nothing', async () => {
    const live = await inBake();
    const before = stable();
    await live.handle.terminate('gone');
    const next = await delivery.start();
    expect(await next.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(stable()).toBe(otherSlot(before));
    expect((await next.status()).notes.join(' ')).toContain('moving');
  }, 60_000);
});

async function instancesOf({ target, site }: Delivery, live: LiveDeployment) {
  const all = await Promise.all((['blue', 'green'] as const).map((slot) => target.status({ service: site, environment: 'test', slot, with: {} })));
  return all.flat().filter(({ deployment }) => deployment === live.id);
}

/** A resolve is refused until the loop has looked: the person looks again and repeats it. */
async function retrying(send: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (tries === 30) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 500); });
    }
  }
}
