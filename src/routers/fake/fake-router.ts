import type { PersistPolicy } from '../../domain/router/persistence.js';
import type { Router, RouterCapabilities } from '../router.js';
import { routerOfInstances } from '../router-of-instances.js';
import { createFakeControl, type FakeRouterControl } from './fake-control.js';
import { createFakeInstance } from './fake-instance.js';
import { createFakeWorld } from './fake-world.js';

export interface FakeRouterOptions {
  /** @default 'fake' */
  readonly name?: string;
  /** @default ['a'] */
  readonly instances?: readonly string[];
  /** Instances to leave out of everything. @default none */
  readonly maintenance?: readonly string[];
  readonly capabilities?: Partial<RouterCapabilities>;
  /** Servers a slot has room for. @default 8 */
  readonly slotSize?: number;
  /** How long a slow instance is waited for. @default 2000 */
  readonly timeoutMs?: number;
  /** @default 'told' */
  readonly persistPolicy?: PersistPolicy;
}

export interface FakeRouter {
  readonly router: Router;
  /** Steers what happens to the router from outside: traffic, failures, strangers. */
  readonly control: FakeRouterControl;
}

const CAPABILITIES: RouterCapabilities = {
  fenced: true, atomicShift: true, percentStep: 1, sticky: true, headerOverride: true, persists: true, percentiles: true, lossless: true,
};

/**
 * A router in memory, with the rules of the real ones and no traffic but what `control` sends.
 *
 * @example
 * const { router, control } = createFakeRouter({ instances: ['a', 'b'] });
 * control.away('b');
 * control.traffic('checkout-production', 1_000, { errorRates: { green: 0.3 } });
 */
export function createFakeRouter(options: FakeRouterOptions = {}): FakeRouter {
  const world = createFakeWorld({ slotSize: options.slotSize ?? 8, timeoutMs: options.timeoutMs ?? 2_000 });
  const instances = (options.instances ?? ['a']).map((name) => createFakeInstance(name, world));
  const capabilities = { ...CAPABILITIES, ...options.capabilities };
  const { name = 'fake', persistPolicy = 'told', maintenance = [] } = options;
  return { router: routerOfInstances({ name, capabilities, persistPolicy, instances, maintenance }), control: createFakeControl(instances, world) };
}
