import { otherSlot, type RouterEntry } from '../../src/domain/router/entry.js';
import { generationOf } from '../../src/domain/router/generation.js';
import type { Router } from '../../src/routers/router.js';
import { haproxyRouterOf, startHaproxy } from '../../test/support/haproxy.js';
import { type OriginRoute, startOrigin } from '../../test/support/origin.js';
import { mixedLoad, wrk, type WrkReport } from '../../test/support/wrk.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { unwritten } from '../rig/edge.js';
import { startEmbedded, type Loaded } from '../rig/embedded.js';
import { waitFor } from '../rig/wait.js';

const SWITCHES = 200;
const LOAD_SECONDS = 10;
/** The switches are spread over the load, with time left at its end. */
const SWITCH_EVERY_MS = 45;
const SLOW_MS = 300;
const BACKEND = 'shop-bench';
const DEPLOYMENT = '01JAAAAAAAAAAAAAAAAAAAAAAA';

export const switchesOnHaproxy: Benchmark = { ids: ['switch-requests', 'switch-lost'], needs: ['haproxy', 'wrk'], run: (room) => measure(room, '', haproxy) };

export const switchesOnEmbedded: Benchmark = {
  ids: ['switch-requests-embedded', 'switch-lost-embedded'], needs: ['wrk'], run: (room) => measure(room, '-embedded', (own) => startEmbedded(own, BACKEND)),
};

/** The same load twice: with a switch of all traffic every few milliseconds, and, as the baseline, with none. */
async function measure(room: Room, suffix: string, start: (room: Room) => Promise<Loaded>): Promise<readonly Measured[]> {
  const loaded = await start(room);
  const entry = await bothSlots(room, loaded.router);
  room.say(`${LOAD_SECONDS} s of load without a switch`);
  const still = await underLoad(loaded, async () => {});
  room.say(`${LOAD_SECONDS} s of load with ${SWITCHES} switches`);
  let switches = 0;
  const moved = await underLoad(loaded, () => switchAll(loaded.router, entry, () => void (switches += 1)));
  if (switches !== SWITCHES) throw new Error(`Only ${switches} of ${SWITCHES} switches were carried out while the load ran.`);
  const detail = { 'lost by wrk': moved.wrk.lost, 'lost by the router': moved.router.errors, 'requests by the router': moved.router.requests };
  return [
    { id: `switch-requests${suffix}`, value: moved.wrk.requests, unit: 'requests', n: SWITCHES, baseline: still.wrk.requests },
    { id: `switch-lost${suffix}`, value: Math.max(moved.wrk.lost, moved.router.errors), unit: 'requests', n: SWITCHES, baseline: Math.max(still.wrk.lost, still.router.errors), detail },
  ];
}

interface Counted {
  readonly wrk: WrkReport;
  /** What the router itself counted meanwhile. */
  readonly router: { readonly requests: number; readonly errors: number };
}

/** Kept connections, connections of one request each, and slow requests beside them. @throws when the work outlasts the load */
async function underLoad({ router, port }: Loaded, work: () => Promise<void>): Promise<Counted> {
  const { marks } = await router.observe(BACKEND);
  let loaded = true;
  const load = Promise.all([mixedLoad({ port, seconds: LOAD_SECONDS, path: '/load' }), wrk({ port, seconds: LOAD_SECONDS, connections: 8, path: '/slow' })])
    .finally(() => void (loaded = false));
  const worked = work().then(() => {
    if (!loaded) throw new Error('The switches took longer than the load.');
  });
  const [[quick, slow]] = await Promise.all([load, worked]);
  const { instances } = await router.observe(BACKEND, marks);
  const counts = instances.flatMap((one) => (one.ok ? Object.values(one.slots) : []));
  const total = (what: 'requests' | 'errors'): number => counts.reduce((sum, count) => sum + count[what], 0);
  return {
    wrk: { requests: quick.requests + slow.requests, lost: quick.lost + slow.lost },
    router: { requests: total('requests'), errors: total('errors') },
  };
}

/** As a blue-green deployment does it: all traffic to the candidate, then the roles change. */
async function switchAll(router: Router, first: RouterEntry, onSwitched: () => void): Promise<void> {
  let entry = first;
  const began = performance.now();
  for (let n = 1; n <= SWITCHES; n += 1) {
    entry = await shift(router, entry, { ...entry, phase: 'watching', candidateShare: 10_000, generation: generationOf(DEPLOYMENT, 2 * n) });
    entry = await shift(router, entry, { ...entry, stable: otherSlot(entry.stable), phase: 'settled', candidateShare: 0, generation: generationOf(DEPLOYMENT, 2 * n + 1) });
    onSwitched();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + n * SWITCH_EVERY_MS - performance.now())));
  }
}

async function shift(router: Router, { generation: base }: RouterEntry, entry: RouterEntry): Promise<RouterEntry> {
  const { instances } = await router.shift({ backend: BACKEND, entry, base });
  if (!instances.every((one) => one.ok && one.outcome === 'done')) throw new Error(`A shift was not carried out: ${JSON.stringify(instances)}`);
  return entry;
}

/** Both slots serve; blue is stable. */
async function bothSlots(room: Room, router: Router): Promise<RouterEntry> {
  for (const slot of ['blue', 'green'] as const) {
    const origin = await startOrigin(slot, { '/load': (_request, response) => void response.end('ok'), '/slow': slowly });
    room.later(() => origin.die());
    const servers = [{ id: `${slot}-1`, address: origin.address }];
    await router.register(unwritten(BACKEND, slot), servers);
    await router.ready(unwritten(BACKEND, slot), servers);
    await waitFor(`${slot} is up`, async () => {
      const { instances } = await router.read(BACKEND);
      return instances.every((one) => one.ok && one.slots[slot].servers.some(({ up, inRotation }) => up && inRotation));
    });
  }
  const entry: RouterEntry = { stable: 'blue', phase: 'settled', generation: generationOf(DEPLOYMENT, 1), candidateShare: 0, baselineShare: 0, deployment: DEPLOYMENT };
  await router.shift({ backend: BACKEND, entry, base: 'none' });
  return entry;
}

/** Half of the answer at once, the rest later: a switch finds it in the middle. */
const slowly: OriginRoute = (_request, response) => {
  response.write('first half, ');
  setTimeout(() => response.end('second half'), SLOW_MS);
};

async function haproxy(room: Room): Promise<Loaded> {
  const fixture = await startHaproxy({ backend: BACKEND });
  const router = haproxyRouterOf(fixture);
  room.later(async () => {
    await router.close();
    await fixture.stop();
  });
  return { router, port: fixture.instances[0]?.port ?? 0 };
}
