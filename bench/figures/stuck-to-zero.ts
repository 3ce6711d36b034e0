import { splitOf } from '../../src/domain/router/entry.js';
import type { OriginRoute } from '../../test/support/origin.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { deploy } from '../rig/deploy.js';
import { openEdge, openEmbeddedPlace, type Place, placeNamed, settle, targetOf } from '../rig/edge.js';
import { type Fault, hangs, hangsOneInFive, hangsUpOneInFive } from '../rig/faults.js';
import { deliverLookingEvery } from '../rig/looking-now-and-then.js';
import { planFor } from '../rig/plans.js';
import { proberOf } from '../rig/prober.js';
import { startSteadyLoad, type SteadyLoad } from '../rig/steady-load.js';
import { startTemporal } from '../rig/temporal.js';
import { waitFor } from '../rig/wait.js';
import { type RunningWorkers, startWorkers } from '../rig/workers.js';

const BEFORE_MS = 5_000;
const WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 10_000;

interface Case {
  readonly id: string;
  readonly fault: () => Fault;
  readonly perSecond: number;
  readonly share: number;
  readonly open: typeof openEmbeddedPlace;
  /** The router's retries hide it from every user: who looks at what users see never finds it, and has no figure. */
  readonly hidden?: true;
}

const CASES: readonly Case[] = [
  { id: 'stuck-to-zero-s', fault: hangs, perSecond: 50, share: 1_000, open: openEdge },
  { id: 'stuck-to-zero-embedded-s', fault: hangs, perSecond: 50, share: 1_000, open: openEmbeddedPlace },
  { id: 'stuck-one-in-five-at-200-to-zero-s', fault: hangsOneInFive, perSecond: 200, share: 2_000, open: openEdge },
  { id: 'stuck-one-in-five-at-20-to-zero-s', fault: hangsOneInFive, perSecond: 20, share: 2_000, open: openEdge },
  { id: 'hidden-by-retries-to-zero-s', fault: hangsUpOneInFive, perSecond: 50, share: 2_000, open: openEdge, hidden: true },
];

export const stuckToZero: Benchmark = { ids: CASES.map(({ id }) => id), needs: ['haproxy'], run: measure };

/** All cases at the same time, each with a router of its own; the baseline looks at what users see every ten seconds, and allows two bad looks. */
async function measure(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal, workers and routers');
  const temporal = await startTemporal(room);
  const places: Place[] = [];
  const workers = await startWorkers(room, {
    address: temporal.address, prober: proberOf(room), router: (name) => placeNamed(places, name).timed.router, target: (name) => targetOf(placeNamed(places, name)),
  });
  room.say(`${CASES.length} versions that do not answer`);
  const bySlipway = await Promise.all(CASES.map((one) => toZero(room, places, `slipway-${one.id}`, one, (place) => deliver(workers, place, one))));
  room.say(`the same, looked at every ${LOOK_EVERY_MS / 1_000} s`);
  const byLooking = await Promise.all(CASES.map(async (one) => (
    one.hidden ? undefined : toZero(room, places, `look-${one.id}`, one, (place, load) => deliverLookingEvery(LOOK_EVERY_MS, place, load, one.share))
  )));
  return CASES.map(({ id }, index) => {
    const baseline = byLooking[index];
    return { id, value: bySlipway[index] ?? Number.NaN, unit: 's', n: 1, ...(baseline !== undefined && { baseline }) };
  });
}

/** @returns seconds from the first bad request that reached a server until the router shows the candidate without a share. */
async function toZero(
  room: Room, places: Place[], name: string, { fault, perSecond, open }: Case, delivery: (place: Place, load: SteadyLoad) => Promise<unknown>,
): Promise<number> {
  const { good, bad } = fault();
  let firstAt: number | undefined;
  const noted: OriginRoute = (request, response) => {
    firstAt ??= performance.now();
    bad(request, response);
  };
  const place = await open(room, { name, routes: (slot) => ({ '/': slot === 'blue' ? good : noted }) });
  places.push(place);
  await settle(place);
  const load = startSteadyLoad(place.port, perSecond);
  try {
    await new Promise((resolve) => setTimeout(resolve, BEFORE_MS));
    const [zeroAt] = await Promise.all([whenTakenBack(place, () => firstAt !== undefined), delivery(place, load)]);
    return (zeroAt - (firstAt ?? Number.NaN)) / 1_000;
  } finally {
    await load.stop();
  }
}

async function whenTakenBack({ name, timed: { router } }: Place, begun: () => boolean): Promise<number> {
  await waitFor(`${name} takes bad requests`, begun, WITHIN_MS, 10);
  await waitFor(`${name} is taken back`, async () => {
    const { instances } = await router.read(name);
    return instances.every((one) => one.ok && splitOf(one.entry, one.tombstones)[one.entry.stable] === 10_000);
  }, WITHIN_MS, 10);
  return performance.now();
}

async function deliver(workers: RunningWorkers, { name }: Place, { share }: Case): Promise<void> {
  const deployment = await deploy(workers, planFor(name, { steps: [{ number: 1, share, bakeMs: 600_000 }] }));
  const phase = await deployment.ended();
  if (phase !== 'rolled-back') throw new Error(`The version behind ${name} ended ${phase}.`);
}
