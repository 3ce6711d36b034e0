import { generationOf } from '../../src/domain/router/generation.js';
import { NO_GENERATION, type RouterEntry, type Slot } from '../../src/domain/router/entry.js';
import type { FencedSlot, RouterServer } from '../../src/routers/router.js';
import { haproxyRouterOf, startHaproxy, type HaproxyFixture } from '../../test/support/haproxy.js';
import { startOrigin, type Origin, type OriginRoute } from '../../test/support/origin.js';
import type { Room } from '../benchmark.js';
import { timedRouter, type TimedRouter } from './timed-router.js';

/** The deployment that is said to have brought what is live at first. */
const ADOPTED = '01JAAAAAAAAAAAAAAAAAAAAAAA';

export interface Edge {
  readonly name: string;
  readonly haproxy: HaproxyFixture;
  readonly timed: TimedRouter;
  readonly origins: Readonly<Record<Slot, Origin>>;
}

export interface EdgeOptions {
  readonly name: string;
  /** HAProxy processes. @default 1 */
  readonly instances?: number;
  readonly routes?: Readonly<Record<string, OriginRoute>>;
}

/** Real HAProxies with a server for each slot on loopback, nothing live yet. */
export async function openEdge(room: Room, { name, instances = 1, routes = {} }: EdgeOptions): Promise<Edge> {
  const [haproxy, blue, green] = await Promise.all([startHaproxy({ instances, backend: name }), startOrigin('blue', routes), startOrigin('green', routes)]);
  const timed = timedRouter(haproxyRouterOf(haproxy));
  room.later(async () => {
    await timed.router.close();
    await haproxy.stop();
    await Promise.all([blue.die(), green.die()]);
  });
  return { name, haproxy, timed, origins: { blue, green } };
}

/** Blue serves as if it had been adopted. */
export async function settle({ name, timed: { router }, origins: { blue } }: Edge): Promise<void> {
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
