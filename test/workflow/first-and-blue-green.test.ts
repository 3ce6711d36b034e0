import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { otherSlot } from '../../src/domain/router/entry.js';
import { UNWELL } from '../../src/probes/fake-prober.js';
import { createDelivery, type Delivery } from '../support/delivery.js';
import { aGate, aRelease, aStep } from '../support/plans.js';

const BACKEND = 'shop-test';
const FIRST = { stable: null, candidate: aRelease('v1'), steps: [aStep(1, 100, { bakeMs: 0 })] } as const;
const BLUE_GREEN = { strategy: { name: 'blueGreen', kind: 'blueGreen' }, steps: [aStep(1, 100, { bakeMs: 0, gate: aGate('smoke') })] } as const;

describe('a first deployment', () => {
  let delivery: Delivery;
  beforeEach(async () => { delivery = await createDelivery(); }, 60_000);
  afterEach(() => delivery.close());

  it('launches into green and names it stable', async () => {
    const live = await delivery.start(FIRST);
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(delivery.fake.control.entry(BACKEND)).toMatchObject({ stable: 'green', phase: 'settled', deployment: live.id });
    expect(await delivery.stores.deployments.stable(delivery.site, 'test')).toMatchObject({ slot: 'green', deployment: live.id, release: { version: 'v1' } });
  }, 60_000);

  it('that is never healthy is retired, and nothing is managed', async () => {
    delivery.prober.answerAll(UNWELL);
    const live = await delivery.start({ ...FIRST, candidate: { ...aRelease('v1'), launch: { timeoutMs: 800 } } });
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'NEVER_HEALTHY' });
    expect(delivery.fake.control.entry(BACKEND).deployment).toBe('-');
  }, 60_000);

  it('that goes bad after its switch asks a person, who may keep it', async () => {
    const live = await delivery.start({ ...FIRST, keepWarmMs: 60_000 });
    await live.when(({ split }) => split?.green === 10_000);
    delivery.fake.control.count(BACKEND, 'green', { requests: 100, errors: 90 });
    await live.when(({ phase, notes }) => phase === 'needs-attention' && notes.length > 0);
    expect(delivery.fake.control.entry(BACKEND)).toMatchObject({ candidateShare: 10_000 });
    for (let tries = 0; tries < 30; tries += 1) {
      try { await live.send('resolve', { id: `r${tries}`, resolve: { slot: 'green' } }); break; } catch { await new Promise((resolve) => { setTimeout(resolve, 300); }); }
    }
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
  }, 60_000);

  it('that goes bad after its switch is given up by an abort', async () => {
    const live = await delivery.start({ ...FIRST, keepWarmMs: 60_000 });
    await live.when(({ split }) => split?.green === 10_000);
    delivery.fake.control.count(BACKEND, 'green', { requests: 100, errors: 90 });
    await live.when(({ phase }) => phase === 'needs-attention');
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back' });
    expect(delivery.fake.control.entry(BACKEND)).toMatchObject({ phase: 'settled', deployment: '-', candidateShare: 0 });
    expect(delivery.target.retired.at(-1)).toMatchObject({ slot: 'green' });
  }, 60_000);

  it('that goes bad after its switch is stopped where that is the policy', async () => {
    const live = await delivery.start({ ...FIRST, keepWarmMs: 60_000, firstFailure: 'stop' });
    await live.when(({ split }) => split?.green === 10_000);
    delivery.fake.control.count(BACKEND, 'green', { requests: 100, errors: 90 });
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back' });
    expect(delivery.fake.control.entry(BACKEND)).toMatchObject({ phase: 'settled', deployment: '-', candidateShare: 0 });
  }, 60_000);

  it('is asked for where records and router disagree about what is live', async () => {
    const live = await delivery.start();
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'NOT_ADOPTED' });
  }, 60_000);
});

describe('a blue-green', () => {
  let delivery: Delivery;
  beforeEach(async () => {
    delivery = await createDelivery();
    await delivery.settleV1();
  }, 60_000);
  afterEach(() => delivery.close());

  it('opens its gate before any traffic, then switches all of it', async () => {
    const before = delivery.fake.control.entry(BACKEND).stable;
    const live = await delivery.start(BLUE_GREEN);
    const status = await live.when(({ gates }) => gates[0]?.address === '1/smoke');
    expect(status.phase).toBe('verifying');
    expect(delivery.fake.control.entry(BACKEND).candidateShare).toBe(0);
    await live.send('approve', { gate: '1/smoke' });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(delivery.fake.control.entry(BACKEND).stable).toBe(otherSlot(before));
  }, 60_000);

  it('rejected at its gate has moved no traffic', async () => {
    const live = await delivery.start(BLUE_GREEN);
    await live.when(({ gates }) => gates.length === 1);
    await live.send('reject', { reason: 'smoke test failed' });
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'REJECTED', text: 'smoke test failed' });
  }, 60_000);

  it('goes back at once while the old release is kept warm', async () => {
    const before = delivery.fake.control.entry(BACKEND).stable;
    const live = await delivery.start({ ...BLUE_GREEN, steps: [aStep(1, 100, { bakeMs: 0 })], keepWarmMs: 600_000 });
    await live.when(({ phase }) => phase === 'watching');
    delivery.fake.control.count(BACKEND, otherSlot(before), { requests: 100, errors: 50 });
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'BREACH' });
    expect(delivery.fake.control.entry(BACKEND)).toMatchObject({ stable: before, phase: 'settled', candidateShare: 0 });
  }, 60_000);
});

