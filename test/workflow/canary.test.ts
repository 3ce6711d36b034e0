import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDelivery, type Delivery } from '../support/delivery.js';

const BACKEND = 'shop-test';

describe('a canary', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await createDelivery();
    await delivery.settleV1();
  }, 60_000);
  afterAll(() => delivery.close());

  it('climbs its steps, changes the roles by one write and stops the old release', async () => {
    const before = delivery.fake.control.entry(BACKEND).stable;
    const live = await delivery.start();
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(delivery.fake.control.entry(BACKEND)).toMatchObject({ phase: 'settled', candidateShare: 0, deployment: live.id });
    expect(delivery.fake.control.entry(BACKEND).stable).not.toBe(before);
  }, 60_000);
});
