import { generationOf } from '../../src/domain/router/generation.js';
import { NO_GENERATION, type RouterEntry, type Slot } from '../../src/domain/router/entry.js';
import type { FencedSlot, RouterServer } from '../../src/routers/router.js';
import { createStaticTarget } from '../../src/targets/static/static-target.js';
import type { Target } from '../../src/targets/target.js';
import { haproxyRouterOf, startHaproxy, type HaproxyFixture } from '../../test/support/haproxy.js';
import { startOrigin, type Origin, type OriginRoute } from '../../test/support/origin.js';
import type { Room } from '../benchmark.js';
import { startEmbedded } from './embedded.js';
import { timedRouter, type TimedRouter } from './timed-router.js';

/** The deployment that is said to have brought what is live at first. */
const ADOPTED = '01JAAAAAAAAAAAAAAAAAAAAAAA';

/** A router entry with a server for each slot. */
export interface Place {
  /** Of the entry, and of the router and target in plans. */
  readonly name: string;
  readonly timed: TimedRouter;
  readonly origins: Readonly<Record<Slot, Origin>>;
  /** Where its router takes traffic, on 127.0.0.1. */
  readonly port: number;
}

export interface Edge extends Place {
  readonly haproxy: HaproxyFixture;
}

export interface EdgeOptions {
  readonly name: string;
  /** HAProxy processes. @default 1 */
  readonly instances?: number;
  /** What the servers of a slot answer beside `/` and `/healthz`. */
  readonly routes?: (slot: Slot) => Readonly<Record<string, OriginRoute>>;
}

/** Real HAProxies with a server for each slot on loopback, nothing live yet. */
export async function openEdge(room: Room, { name, instances = 1, routes = () => ({}) }: EdgeOptions): Promise<Edge> {
  const [haproxy, blue, green] = await Promise.all([startHaproxy({ instances, backend: name }), startOrigin('blue', routes('blue')), startOrigin('green', routes('green'))]);
  const timed = timedRouter(haproxyRouterOf(haproxy));
  room.later(async () => {
    await timed.router.close();
    await haproxy.stop();
    await Promise.all([blue.die(), green.die()]);
  });
  return { name, haproxy, timed, origins: { blue, green }, port: haproxy.instances[0]?.port ?? 0 };
}

/** Blue serves as if it had been adopted. */
export async function settle({ name, timed: { router }, origins: { blue } }: Place): Promise<void> {
  const server = settledServer(blue.address);
  await router.register(unwritten(name, 'blue'), [server]);
  await router.ready(unwritten(name, 'blue'), [server]);
  await router.shift({ backend: name, entry: settled(), base: NO_GENERATION });
}

/** Of a backend whose entry nobody has written yet. */
export function unwritten(backend: string, slot: Slot): FencedSlot {
  return { backend, slot, fence: { generation: NO_GENERATION, base: NO_GENERATION } };
}

export function settledServer(address: string): RouterServer {
  return { id: 'blue-1', address };
}

export function settled(): RouterEntry {
  return { stable: 'blue', phase: 'settled', generation: generationOf(ADOPTED, 1), candidateShare: 0, baselineShare: 0, deployment: ADOPTED };
}

/** The target whose instances are the servers of the place. */
export function targetOf({ name, origins: { blue, green } }: Place): Target {
  return createStaticTarget({ name, slots: { blue: [blue.address], green: [green.address] } });
}

export function placeNamed<P extends Place>(places: readonly P[], name: string): P {
  const found = places.find((place) => place.name === name);
  if (!found) throw new Error(`There is no place ${name}.`);
  return found;
}

/** The same with an embedded router. */
export async function openEmbeddedPlace(room: Room, { name, routes = () => ({}) }: Omit<EdgeOptions, 'instances'>): Promise<Place> {
  const [{ router, port }, blue, green] = await Promise.all([startEmbedded(room, name), startOrigin('blue', routes('blue')), startOrigin('green', routes('green'))]);
  room.later(() => Promise.all([blue.die(), green.die()]));
  return { name, timed: timedRouter(router), origins: { blue, green }, port };
}
