import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDelivery, type Delivery } from '../support/delivery.js';
import { aGate, aStep } from '../support/plans.js';
import { until } from '../support/until.js';

describe('what the Web UI shows', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await createDelivery();
    await delivery.settleV1();
  }, 60_000);
  afterAll(() => delivery.close());

  it('says what is live, at which split, and for whom the run waits', async () => {
    const live = await delivery.start({ steps: [aStep(1, 10, { gate: aGate('release-managers', { role: 'approver' }) })] });
    await live.when(({ gates }) => gates.length === 1);
    // The query behind the details panel of the Web UI; the client gives its answer back as it came.
    const metadata = await live.handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('`v2` 10 %');
    expect(metadata.currentDetails).toContain('`1/release-managers`: 0 of 1 approvals by approver');
    await live.send('abort');
    await live.outcome();
  }, 60_000);

  it('finds waiting deployments by their attributes', async () => {
    const live = await delivery.start({ steps: [aStep(1, 10, { gate: aGate('people') })] });
    await live.when(({ gates }) => gates.length === 1);
    const query = `SlipwayService = '${delivery.site}' AND SlipwayAwaitingApproval = true AND SlipwayPhase = 'progressing'`;
    const found = await until(async () => {
      for await (const { workflowId } of delivery.client.workflow.list({ query })) if (workflowId === live.handle.workflowId) return true;
      return false;
    });
    expect(found).toBe(true);
    await live.send('abort');
    await live.outcome();
  }, 60_000);

  it('needs at most 130 events for a canary of five steps', async () => {
    const live = await delivery.start({ steps: [5, 10, 25, 50, 75].map((percent, index) => aStep(index + 1, percent, { bakeMs: 200 })) });
    await live.outcome();
    const { events } = await live.handle.fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(130);
  }, 60_000);
});
