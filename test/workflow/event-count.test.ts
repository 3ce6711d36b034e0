import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plan, PlanStep } from '../../src/domain/deployment/plan.js';
import { createDelivery, type Delivery, type LiveDeployment } from '../support/delivery.js';
import { eventKinds } from '../support/histories/event-kinds.js';
import { ANALYSIS, aGate, aStep } from '../support/plans.js';

const MOST_EVENTS = 130;
/** The notice, the watch while it is open, its timer, the attribute, and the approval. */
const MOST_EVENTS_PER_GATE = 25;
/** A workflow task that a busy machine let lie is scheduled anew. */
const EVENTS_PER_TIMED_OUT_TASK = 2;

describe('the history of a five-step canary with everything on', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    delivery = await createDelivery({ instances: ['a', 'b'] });
    await delivery.settleV1();
  }, 60_000);
  afterAll(() => delivery.close());

  it(`has at most ${MOST_EVENTS} events`, async () => {
    const live = await delivery.start(planWith({}));
    expect(await countOf(live)).toBeLessThanOrEqual(MOST_EVENTS);
  }, 60_000);

  it(`has at most ${MOST_EVENTS_PER_GATE} more for a gate`, async () => {
    const live = await delivery.start(planWith({ gate: aGate('people') }));
    await live.when(({ gates }) => gates.length === 1);
    await live.send('approve', { gate: '3/people' });
    expect(await countOf(live)).toBeLessThanOrEqual(MOST_EVENTS + MOST_EVENTS_PER_GATE);
  }, 60_000);
});

/** Notices, a query beside the router's counters, a keepWarm; attributes, details and summaries are never off. */
function planWith(thirdStep: Partial<PlanStep>): Partial<Plan> {
  const load = { source: { kind: 'prometheus', query: 'up' }, max: 100, critical: false, failures: { inARow: 3 } } as const;
  return {
    steps: [aStep(1, 5), aStep(2, 10), aStep(3, 25, thirdStep), aStep(4, 50), aStep(5, 75)],
    analysis: { ...ANALYSIS, metrics: { ...ANALYSIS.metrics, load } },
    notify: { people: { via: { kind: 'log' }, on: ['started', 'gate-opened', 'succeeded'] } },
  };
}

/** Says each kind; the count is that of a machine that keeps up. */
async function countOf(live: LiveDeployment): Promise<number> {
  expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
  const kinds = eventKinds(await live.handle.fetchHistory());
  expect(Object.keys(kinds)).not.toContain('unknown');
  const total = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  process.stdout.write(`${total} events: ${Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`).join(', ')}\n`);
  return total - EVENTS_PER_TIMED_OUT_TASK * (kinds['workflowTaskTimedOut'] ?? 0);
}
