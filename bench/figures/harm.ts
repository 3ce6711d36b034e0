import type { Benchmark, Measured, Room } from '../benchmark.js';
import { deploy } from '../rig/deploy.js';
import { type Edge, placeNamed, openEdge, settle, targetOf } from '../rig/edge.js';
import { FAULTS } from '../rig/faults.js';
import { deliverLookingEvery } from '../rig/looking-now-and-then.js';
import { planFor } from '../rig/plans.js';
import { proberOf } from '../rig/prober.js';
import { isHarmed, startSteadyLoad, type SteadyLoad } from '../rig/steady-load.js';
import { startTemporal } from '../rig/temporal.js';
import { type RunningWorkers, startWorkers } from '../rig/workers.js';
import { sum } from '../samples.js';

const PER_SECOND = 50;
const FIRST_STEP = 1_000;
/** Before the delivery begins: what the good version does is known by then. */
const BEFORE_MS = 5_000;
const LOOKS_MS = [10_000, 60_000] as const;

export const harm: Benchmark = { ids: ['harm', 'harm-looking-every-10s'], needs: ['haproxy'], run: measure };

/** How many requests a bad version costs the users, by fault: with Slipway, and with a stand-in that looks at its measures now and then. */
async function measure(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal, workers and HAProxies');
  const temporal = await startTemporal(room);
  const edges: Edge[] = [];
  const workers = await startWorkers(room, {
    address: temporal.address, prober: proberOf(room), router: (name) => placeNamed(edges, name).timed.router, target: (name) => targetOf(placeNamed(edges, name)),
  });
  room.say(`${FAULTS.length} bad versions, delivered by Slipway`);
  const ours = await harmOf(room, edges, 'slipway', (edge) => bySlipway(workers, edge));
  const theirs: Readonly<Record<string, number>>[] = [];
  room.say(`the same, looked at every ${LOOKS_MS.map((ms) => ms / 1_000).join(' and ')} s`);
  theirs.push(...await Promise.all(LOOKS_MS.map((everyMs) => (
    harmOf(room, edges, `look${everyMs / 1_000}`, (edge, load) => deliverLookingEvery(everyMs, edge, load, FIRST_STEP))
  ))));
  const [each10s = {}, each60s = {}] = theirs;
  const detail = Object.fromEntries(Object.entries(ours).flatMap(([fault, count]) => [
    [fault, count], [`${fault}, looked at every 10 s`, each10s[fault] ?? Number.NaN], [`${fault}, looked at every 60 s`, each60s[fault] ?? Number.NaN],
  ]));
  const total = (by: Readonly<Record<string, number>>): number => sum(Object.values(by));
  return [
    { id: 'harm', value: total(ours), unit: 'requests', n: FAULTS.length, baseline: total(each60s), detail },
    { id: 'harm-looking-every-10s', value: total(ours), unit: 'requests', n: FAULTS.length, baseline: total(each10s) },
  ];
}

type Delivery = (edge: Edge, load: SteadyLoad) => Promise<void>;

/** All faults at the same time, each behind a HAProxy of its own. */
async function harmOf(room: Room, edges: Edge[], by: string, deliver: Delivery): Promise<Readonly<Record<string, number>>> {
  const counts = await Promise.all(FAULTS.map(async (create, index): Promise<[string, number]> => {
    const { name, good, bad } = create();
    const edge = await openEdge(room, { name: `${by}-${index + 1}`, routes: (slot) => ({ '/': slot === 'blue' ? good : bad }) });
    edges.push(edge);
    await settle(edge);
    const load = startSteadyLoad(edge.port, PER_SECOND);
    try {
      await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
      await deliver(edge, load);
    } finally {
      await load.stop();
    }
    const now = performance.now();
    return [name, load.sent.filter((one) => isHarmed(one, now)).length];
  }));
  return Object.fromEntries(counts);
}

async function bySlipway(workers: RunningWorkers, edge: Edge): Promise<void> {
  const deployment = await deploy(workers, planFor(edge.name, { steps: [{ number: 1, share: FIRST_STEP, bakeMs: 600_000 }] }));
  const phase = await deployment.ended();
  if (phase !== 'rolled-back') throw new Error(`The bad version behind ${edge.name} ended ${phase}.`);
}
