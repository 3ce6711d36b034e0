import { createFakeProber } from '../../src/probes/fake-prober.js';
import type { Plan, PlanGate } from '../../src/domain/deployment/plan.js';
import { createStaticTarget } from '../../src/targets/static/static-target.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { deploy, type StartedDeployment } from '../rig/deploy.js';
import { type Edge, openEdge, settle } from '../rig/edge.js';
import { ANALYSIS, HEALTH, planFor, step } from '../rig/plans.js';
import { startTemporal } from '../rig/temporal.js';
import { waitFor } from '../rig/wait.js';
import { type RunningWorkers, startWorkers } from '../rig/workers.js';
import { percentile, sum } from '../samples.js';

const RUNS = 5;
const BAKE_MS = 1_000;
const PERCENTS = [5, 10, 25, 50, 75];
const NAME = 'shop';
const QUEUE = { source: { kind: 'prometheus', query: 'sum(queue{slot="${slot}"})' }, max: 1_000, critical: false, failures: { inARow: 2 } } as const;

/**
 * A canary of five steps through two HAProxies. Overhead: all of its time but bakes (the time in which the old release is kept warm is one), the
 * launch until healthy, and drains. Events: of the same run, with attributes, details, summaries, checks before traffic, a metric of Prometheus
 * and two notices; a gate comes on top.
 */
export const canary: Benchmark = { ids: ['canary-overhead-ms', 'canary-events'], needs: ['haproxy'], run };

async function run(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal, workers and two HAProxies');
  const { address } = await startTemporal(room);
  const edge = await openEdge(room, { name: NAME, instances: 2 });
  const { origins: { blue, green } } = edge;
  const target = createStaticTarget({ name: NAME, slots: { blue: [blue.address], green: [green.address] } });
  const workers = await startWorkers(room, { address, prober: createFakeProber(), router: () => edge.timed.router, target: () => target });
  await settle(edge);
  const overheads: Overhead[] = [];
  let counted: Readonly<Record<string, number>> = {};
  for (let n = 1; n <= RUNS; n += 1) {
    room.say(`canary ${n} of ${RUNS}`);
    const { overhead, deployment } = await plainCanary(workers, edge, planOf({}));
    overheads.push(overhead);
    counted = await eventsOf(deployment);
  }
  room.say('a canary with a gate and its approval');
  const gated = await eventsOf(await gatedCanary(workers));
  const spread = (percent: number, of: (overhead: Overhead) => number = ({ totalMs }) => totalMs): number => percentile(overheads.map(of), percent);
  return [
    {
      id: 'canary-overhead-ms', value: spread(50), unit: 'ms', n: RUNS,
      detail: {
        least: spread(0), most: spread(100), 'up to the first share p50': spread(50, ({ beforeMs }) => beforeMs),
        'between shares p50': spread(50, ({ betweenMs }) => betweenMs), 'after the last bake p50': spread(50, ({ afterMs }) => afterMs),
      },
    },
    { id: 'canary-events', value: sum(Object.values(counted)), unit: 'events', n: 1, detail: { ...counted, 'in all with a gate and its approval': sum(Object.values(gated)) } },
  ];
}

/** Milliseconds; the three parts still hold the drains, of which the total is free. */
interface Overhead {
  readonly totalMs: number;
  readonly beforeMs: number;
  readonly betweenMs: number;
  readonly afterMs: number;
}

function planOf(over: Partial<Plan>): Plan {
  return planFor(NAME, {
    steps: PERCENTS.map((percent, index) => step(index + 1, percent, BAKE_MS)), keepWarmMs: BAKE_MS, analysis: { ...ANALYSIS, everyMs: 250, metrics: { ...ANALYSIS.metrics, queue: QUEUE } }, verify: { smoke: HEALTH },
    notify: { log: { via: { kind: 'log' }, on: ['started', 'gate-opened', 'rolled-back', 'succeeded'] } }, ...over,
  });
}

async function plainCanary(workers: RunningWorkers, { timed }: Edge, plan: Plan): Promise<{ overhead: Overhead; deployment: StartedDeployment }> {
  timed.reset();
  const began = performance.now();
  const deployment = await deploy(workers, plan);
  await succeeds(deployment);
  const tookMs = performance.now() - began;
  const bakesMs = sum(plan.steps.map(({ bakeMs }) => bakeMs));
  const events = await workers.stores.events.after(deployment.id, 0, 500);
  const launchMs = Number(events.find(({ kind }) => kind === 'launched')?.data['tookMs'] ?? Number.NaN);
  const { startedAt, endedAt, milestones } = await deployment.status();
  const betweenMs = (from: string | null | undefined, to: string | null | undefined): number => Date.parse(to ?? '') - Date.parse(from ?? '');
  return {
    deployment,
    overhead: {
      totalMs: tookMs - bakesMs - plan.keepWarmMs - launchMs - timed.times.drainedMs,
      beforeMs: betweenMs(startedAt, milestones['step-1']) - launchMs,
      betweenMs: betweenMs(milestones['step-1'], milestones['promoted']) - bakesMs,
      afterMs: betweenMs(milestones['promoted'], endedAt) - plan.keepWarmMs,
    },
  };
}

/** The same with a gate, and a person who approves. */
async function gatedCanary(workers: RunningWorkers): Promise<StartedDeployment> {
  const gate: PlanGate = { name: 'managers', role: 'admin', quorum: 1, notOwnChange: false, timeoutMs: 600_000, onTimeout: 'abort' };
  const plan = planOf({});
  const deployment = await deploy(workers, {
    ...plan,
    steps: plan.steps.map((each) => (each.number === 2 ? { ...each, gate } : each)),
  });
  await waitFor('its gate opens', async () => (await deployment.status()).gates.some(({ address }) => address === '2/managers'));
  await deployment.control('approve', { gate: '2/managers' });
  await succeeds(deployment);
  return deployment;
}

async function succeeds(deployment: StartedDeployment): Promise<void> {
  const phase = await deployment.ended();
  if (phase !== 'succeeded') throw new Error(`A good canary ended ${phase}.`);
}

/** How many there are of each kind; those of an activity by its name. */
async function eventsOf({ handle }: StartedDeployment): Promise<Readonly<Record<string, number>>> {
  const { events } = await handle.fetchHistory();
  const counts: Record<string, number> = {};
  const names = new Map<string, string>();
  for (const event of events ?? []) {
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (typeof activity === 'string') names.set(String(event.eventId), activity);
    const scheduled = event.activityTaskStartedEventAttributes ?? event.activityTaskCompletedEventAttributes ?? event.activityTaskCanceledEventAttributes;
    const name = activity ?? names.get(String(scheduled?.scheduledEventId)) ?? kindOf(event);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** `workflowTask` of `workflowTaskStartedEventAttributes`: the parts of one thing are counted together. */
function kindOf(event: object): string {
  const attributes = Object.entries(event).find(([key, value]) => key.endsWith('EventAttributes') && value !== null && value !== undefined)?.[0] ?? 'unknown';
  return attributes.replace(/EventAttributes$/, '').replace(/(TaskScheduled|TaskStarted|TaskCompleted|TaskTimedOut|TaskFailed)$/, 'Task')
    .replace(/^(timer|workflowExecutionUpdate).*/, '$1');
}
