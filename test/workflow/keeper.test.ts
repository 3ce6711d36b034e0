import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { createTemporalKeepers } from '../../src/app/keeper/temporal-keepers.js';
import { keeperWorkflowId } from '../../src/domain/names.js';
import { createDelivery, type Delivery } from '../support/delivery.js';
import { keepForADay } from '../support/keep-for-a-day.js';
import { aStep } from '../support/plans.js';
import { until } from '../support/until.js';

const BACKEND = 'shop-test';

describe('the keeper of a site', () => {
  let delivery: Delivery;
  let keeper: WorkflowHandle;
  beforeAll(async () => {
    delivery = await createDelivery({ instances: ['a', 'b'] });
    await delivery.stores.services.put({ service: delivery.site, definition: {}, by: 'ann', entries: [{ environment: 'test', router: 'fake', backend: BACKEND }], sources: [] });
    await delivery.settleV1();
    keeper = await delivery.startKeeper();
    await roundsGoOn();
  }, 60_000);
  afterAll(async () => {
    await keeper?.terminate();
    await delivery?.close();
  }, 30_000);

  const told = (): readonly string[] => delivery.notifier.delivered.map(({ kind }) => kind).filter((kind) => kind.startsWith('drift'));
  const roundsGoOn = async (): Promise<void> => {
    const began = Date.now();
    const looked = async (): Promise<boolean> => {
      const ageMs = await delivery.stores.keeper.roundAgeMs(delivery.site);
      return ageMs !== null && ageMs < Date.now() - began;
    };
    expect(await until(looked, 20_000)).toBe(true);
  };
  const serves = (instance: string): string | undefined => delivery.fake.control.send(BACKEND, { bucket: 9_999 }, instance);

  it('puts back what a router instance lost, and tells of it', async () => {
    delivery.fake.control.restartWithout('b', 'everything');
    expect(serves('b')).toBeUndefined();
    expect(await until(async () => serves('b') !== undefined && told().length === 2, 20_000)).toBe(true);
    expect(told()).toEqual(['drift', 'drift-over']);
  }, 30_000);

  it('writes nothing while a deployment is live', async () => {
    const live = await delivery.start({ steps: [aStep(1, 10, { bakeMs: 600_000 })] });
    await live.when(({ phase }) => phase === 'progressing');
    const before = delivery.fake.control.calls.length;
    await roundsGoOn();
    const writes = delivery.fake.control.calls.slice(before).filter(({ call }) => call === 'ready' || call === 'register');
    expect(writes).toEqual([]);
    await live.send('abort');
    await live.outcome();
    expect(told()).toEqual(['drift', 'drift-over']);
  }, 60_000);

  it('begins its history anew after a day of hours', async () => {
    expect(await keepForADay(delivery)).toMatchObject({ hours: 24, goesOn: true });
  }, 60_000);

  it('is one, however often it is made sure of', async () => {
    const keepers = createTemporalKeepers({ client: delivery.client });
    const site = `${delivery.site}-once`;
    await Promise.all(Array.from({ length: 5 }, () => keepers.ensure(site)));
    const handle = delivery.client.workflow.getHandle(keeperWorkflowId(site));
    const { runId } = await handle.describe();
    await keepers.ensure(site);
    expect((await handle.describe()).runId).toBe(runId);
    await handle.terminate();
    await keepers.ensure(site);
    const again = await handle.describe();
    expect([again.status.name, again.runId === runId]).toEqual(['RUNNING', false]);
    await handle.terminate();
  }, 30_000);
});
