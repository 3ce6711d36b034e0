import { get } from '../../test/support/router-scene.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { candidateShares, mapOf, typeLine, whenAtZero } from '../rig/admin.js';
import { deploy, type StartedDeployment } from '../rig/deploy.js';
import { type Edge, placeNamed, openEdge, settle, targetOf } from '../rig/edge.js';
import { ANALYSIS, planFor } from '../rig/plans.js';
import { proberOf } from '../rig/prober.js';
import { type BenchTemporal, startTemporal } from '../rig/temporal.js';
import { waitFor } from '../rig/wait.js';
import { type RunningWorkers, startWorkers } from '../rig/workers.js';
import { percentile } from '../samples.js';

const CANARIES = 20;
const ROUNDS = 5;
/** Half the usual period, to wait less for the breaching sample: it changes nothing about what follows it. */
const SAMPLE_EVERY_MS = 500;
/** More than `minRequests`, all failed: the next reading of the counters is the breaching sample. */
const FAILING_REQUESTS = 40;
const PULL_WITHIN_MS = 10_000;

export const breachToZero: Benchmark = { ids: ['breach-to-zero-p99-ms'], needs: ['haproxy'], run: (room) => measure(room, 'breach-to-zero-p99-ms', runs) };

export const breachToZeroTemporalDown: Benchmark = {
  ids: ['breach-to-zero-temporal-down-p99-ms'], needs: ['haproxy'], run: (room) => measure(room, 'breach-to-zero-temporal-down-p99-ms', isStopped),
};

/** What the Temporal server does while candidates turn bad. */
type ServerDuring = (temporal: BenchTemporal, breaches: () => Promise<void>) => Promise<void>;

const runs: ServerDuring = (_temporal, breaches) => breaches();

const isStopped: ServerDuring = async (temporal, breaches) => {
  await temporal.kill();
  await breaches();
  await temporal.restart();
};

/**
 * From the arrival of the breaching sample in the worker until HAProxy shows the candidate without a share, over real canaries of real requests.
 * The baseline sets and reads back one map entry on the same admin socket, right after each pull.
 */
async function measure(room: Room, id: string, during: ServerDuring): Promise<readonly Measured[]> {
  room.say('starting Temporal, workers and HAProxies');
  const temporal = await startTemporal(room);
  const edges = await Promise.all(Array.from({ length: CANARIES }, (_, index) => openEdge(room, { name: `shop-${index + 1}` })));
  await Promise.all(edges.map(settle));
  const workers = await startWorkers(room, {
    address: temporal.address, prober: proberOf(room), router: (name) => placeNamed(edges, name).timed.router, target: (name) => targetOf(placeNamed(edges, name)),
  });
  await Promise.all(edges.flatMap(({ haproxy }) => haproxy.instances.map((one) => typeLine(one, `add map ${mapOf(one, haproxy.backend)} bench 0`))));
  const breaches: Breach[] = [];
  const bare: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    room.say(`round ${round} of ${ROUNDS}, ${CANARIES} canaries`);
    const deployments = await Promise.all(edges.map((edge) => bakingCanary(workers, edge)));
    await during(temporal, async () => {
      for (const edge of edges) {
        breaches.push(await breach(edge));
        bare.push(await bareSetAndGet(edge));
      }
    });
    await Promise.all(deployments.map(rolledBack));
  }
  const zero = breaches.map(({ zeroMs }) => zeroMs);
  const confirmed = breaches.map(({ confirmedMs }) => confirmedMs);
  return [{
    id, value: percentile(zero, 99), unit: 'ms', n: zero.length, baseline: percentile(bare, 99),
    detail: {
      p50: percentile(zero, 50), max: percentile(zero, 100), 'confirmed and on disk p50': percentile(confirmed, 50), 'confirmed and on disk p99': percentile(confirmed, 99),
      'bare p50': percentile(bare, 50),
    },
  }];
}

async function bakingCanary(workers: RunningWorkers, edge: Edge): Promise<StartedDeployment> {
  edge.timed.reset();
  for (const origin of Object.values(edge.origins)) origin.answer('well');
  const deployment = await deploy(workers, planFor(edge.name, { analysis: { ...ANALYSIS, everyMs: SAMPLE_EVERY_MS } }));
  await waitFor(`${edge.name} bakes`, async () => (await candidateShares(edge.haproxy)).every((share) => share === 1_000));
  const shiftedAt = performance.now();
  await waitFor(`${edge.name} is watched`, () => edge.timed.times.sampledAt > shiftedAt);
  return deployment;
}

/** Both from the arrival of the breaching sample. */
interface Breach {
  /** Until HAProxy's admin socket shows no share any more. */
  readonly zeroMs: number;
  /** Until the worker knows, and the map's file on disk says so too. */
  readonly confirmedMs: number;
}

async function breach({ name, timed, haproxy, origins }: Edge): Promise<Breach> {
  const { times } = timed;
  const port = haproxy.instances[0]?.port ?? 0;
  const turnsBad = async (): Promise<void> => {
    origins.green.answer('failing');
    await Promise.all(Array.from({ length: FAILING_REQUESTS }, () => get(port, '/', { 'x-slipway-slot': 'green' })));
    await waitFor(`${name} is pulled`, () => times.pulledAt !== undefined && times.pullsInFlight === 0, PULL_WITHIN_MS);
  };
  const [zeroAt] = await Promise.all([timed.firstPull().then(() => whenAtZero(haproxy, PULL_WITHIN_MS)), turnsBad()]);
  // Bucket 0 is the candidate's as long as it has any share.
  const { headers } = await get(port, '/', { cookie: 'slipway_b=0' });
  if (headers['x-served-by'] !== 'blue') throw new Error(`${name} was pulled, and the candidate still serves.`);
  const breachedAt = times.breachedAt ?? Number.NaN;
  return { zeroMs: zeroAt - breachedAt, confirmedMs: (times.pulledAt ?? Number.NaN) - breachedAt };
}

async function bareSetAndGet({ haproxy: { instances, backend } }: Edge): Promise<number> {
  const began = performance.now();
  await Promise.all(instances.map((one) => typeLine(one, `set map ${mapOf(one, backend)} bench 1; get map ${mapOf(one, backend)} bench`)));
  return performance.now() - began;
}

async function rolledBack(deployment: StartedDeployment): Promise<void> {
  const phase = await deployment.ended();
  if (phase !== 'rolled-back') throw new Error(`A canary that was pulled ended ${phase}.`);
}
