import type { WorkflowHandle } from '@temporalio/client';
import { otherSlot } from '../../../src/domain/router/entry.js';
import { UNWELL } from '../../../src/probes/fake-prober.js';
import type { Delivery, LiveDeployment } from '../delivery.js';
import { aGate, aRelease, aStep } from '../plans.js';
import { keepForADay } from '../keep-for-a-day.js';
import { until } from '../until.js';
import { DATA_CASES } from './data-cases.js';

const BACKEND = 'shop-test';
const LONG_BAKE = { steps: [aStep(1, 10, { bakeMs: 600_000 }), aStep(2, 50)] };
const BLUE_GREEN = { strategy: { name: 'blueGreen', kind: 'blueGreen' }, steps: [aStep(1, 100, { bakeMs: 0, gate: aGate('smoke') })] } as const;

/** Takes a run down one path to its end. @returns the run whose history is kept. */
export type HistoryCase = (delivery: Delivery) => Promise<WorkflowHandle>;

/** The main paths of each workflow, as `<workflow>-<case>`. v1 is live before each, but for the first deployment. */
export const HISTORY_CASES: Readonly<Record<string, HistoryCase>> = {
  'canary-succeeded': async (delivery) => ended(await delivery.start(), 'succeeded'),

  'canary-breach': async (delivery) => {
    const live = await inFirstBake(delivery);
    delivery.fake.control.count(BACKEND, otherSlot(stable(delivery)), { requests: 100, errors: 40 });
    return ended(live, 'rolled-back');
  },

  'canary-aborted-in-bake': async (delivery) => {
    const live = await inFirstBake(delivery);
    await live.send('abort', { reason: 'too slow' });
    return ended(live, 'rolled-back');
  },

  'canary-gate-and-pause': async (delivery) => {
    const live = await inFirstBake(delivery, { steps: [aStep(1, 10, { bakeMs: 1_000, gate: aGate('people') }), aStep(2, 50)] });
    await live.send('pause');
    await live.when(({ waitsFor }) => waitsFor?.startsWith('paused') === true);
    await live.send('resume');
    await live.when(({ gates }) => gates.length === 1);
    await live.send('approve', { gate: '1/people' });
    return ended(live, 'succeeded');
  },

  'canary-first-deployment': async (delivery) => ended(await delivery.start({ stable: null, candidate: aRelease('v1') }), 'succeeded'),

  'canary-never-healthy': async (delivery) => {
    delivery.prober.answerAll(UNWELL);
    return ended(await delivery.start({ candidate: { ...aRelease('v2'), launch: { timeoutMs: 1_000 } } }), 'aborted');
  },

  'canary-needs-attention-resolved': async (delivery) => {
    const live = await inFirstBake(delivery);
    delivery.fake.control.away('b');
    await live.send('abort');
    await live.when(({ phase }) => phase === 'needs-attention', 60_000);
    // Refused until the loop has looked.
    const resolved = await until(() => live.send('resolve', { resolve: { drop: 'b' } }).then(() => true, () => false), 30_000);
    if (!resolved) throw new Error('the resolve was never accepted');
    return ended(live, 'rolled-back');
  },

  'blueGreen-succeeded': async (delivery) => {
    const live = await atSmokeGate(delivery);
    await live.send('approve', { gate: '1/smoke' });
    return ended(live, 'succeeded');
  },

  'blueGreen-aborted-at-gate': async (delivery) => {
    const live = await atSmokeGate(delivery);
    await live.send('abort');
    return ended(live, 'aborted');
  },

  'keeper-cancelled': async (delivery) => {
    const handle = await delivery.startKeeper();
    if (!(await until(async () => (await delivery.stores.keeper.roundAgeMs(delivery.site)) !== null, 30_000))) throw new Error('the keeper made no round');
    await handle.cancel();
    await handle.result().catch(() => undefined);
    return handle;
  },

  'keeper-continued': async (delivery) => {
    const day = await keepForADay(delivery);
    return day.first;
  },

  'recordOutcome-written-late': async (delivery) => {
    const live = await inFirstBake(delivery);
    delivery.database.available = false;
    await live.send('abort');
    await ended(live, 'rolled-back');
    const record = delivery.client.workflow.getHandle(`${live.handle.workflowId}/record/${live.id}`);
    delivery.database.available = true;
    await record.result();
    return record;
  },

  ...DATA_CASES,
};

/** Nothing is live before these. */
export const FROM_NOTHING: readonly string[] = ['canary-first-deployment'];

async function inFirstBake(delivery: Delivery, plan: Parameters<Delivery['start']>[0] = LONG_BAKE): Promise<LiveDeployment> {
  const live = await delivery.start(plan);
  await live.when(({ split }) => split !== null && Math.min(split.blue, split.green) === 1_000);
  return live;
}

async function atSmokeGate(delivery: Delivery): Promise<LiveDeployment> {
  const live = await delivery.start(BLUE_GREEN);
  await live.when(({ gates }) => gates.length === 1);
  return live;
}

function stable(delivery: Delivery): 'blue' | 'green' {
  return delivery.fake.control.entry(BACKEND).stable;
}

async function ended(live: LiveDeployment, phase: string): Promise<WorkflowHandle> {
  const outcome = await live.outcome();
  if (outcome.phase !== phase) throw new Error(`the run ended ${outcome.phase} (${outcome.text}), not ${phase}`);
  return live.handle;
}
