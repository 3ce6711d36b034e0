import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDelivery, type Delivery } from '../support/delivery.js';
import { aPlan, aStep } from '../support/plans.js';

const LONG = { steps: [aStep(1, 10, { bakeMs: 60_000 })] };

describe('a deployment over a router that cannot write its files', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await createDelivery({ persistPolicy: 'told' });
    await delivery.settleV1();
  }, 60_000);
  afterAll(() => delivery.close());

  it('says so once in its status, its events and a notice, and takes it back when they are written', async () => {
    const told = () => delivery.notifier.delivered.map(({ kind }) => kind).filter((kind) => kind.endsWith('persisted'));
    delivery.fake.control.failDisk('a', 'ENOSPC');
    const live = await delivery.start(LONG);
    const { notes } = await live.when(({ phase, split, notes: said }) => phase === 'progressing' && split !== null && said.length > 0);
    expect(notes.filter((note) => note.includes('ENOSPC'))).toHaveLength(1);
    expect(told()).toEqual(['not-persisted']);
    // As the worker's own repetition does.
    delivery.fake.control.failDisk('a', undefined);
    await delivery.fake.router.persist();
    await live.when((status) => status.notes.every((note) => !note.includes('ENOSPC')));
    await live.send('abort');
    await live.outcome();
    expect(told()).toEqual(['not-persisted', 'persisted']);
    const events = (await delivery.stores.events.after(live.id, 0, 200)).map(({ kind }) => kind);
    expect(events).toEqual(expect.arrayContaining(['not-persisted', 'persisted']));
  }, 60_000);
});

describe('a deployment over a router that must write its files', () => {
  let delivery: Delivery;
  beforeAll(async () => void (delivery = await createDelivery({ persistPolicy: 'required' })), 60_000);
  afterAll(() => delivery.close());

  it('is refused before anything is launched', async () => {
    delivery.fake.control.failDisk('a', 'EACCES');
    const live = await delivery.start({ stable: null, candidate: aPlan().candidate });
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'ROUTER_NOT_PERSISTED' });
    expect(delivery.target.launches).toEqual([]);
  }, 60_000);
});
