import type { Router, RouterCapabilities } from '../router.js';
import { routerOfInstances } from '../router-of-instances.js';
import type { AdminAddress, AdminLimits } from './admin-connection.js';
import { createHaproxyInstance } from './haproxy-instance.js';

/** One HAProxy process; its own folder and file where several of them share a host. */
export type HaproxyInstanceSettings = AdminAddress & {
  readonly mapFolder?: string;
  readonly stateFile?: string;
};

export interface HaproxyRouterOptions {
  readonly name: string;
  readonly instances: Readonly<Record<string, HaproxyInstanceSettings>>;
  /** Instances to leave out of everything, by name. @default none */
  readonly maintenance?: readonly string[];
  /** Holds `<backend>.map`, as HAProxy sees it. @default found by asking HAProxy for its maps */
  readonly mapFolder?: string;
  /** HAProxy's `server-state-file`; without it the servers are lost when it restarts. */
  readonly stateFile?: string;
  readonly limits?: Partial<AdminLimits>;
  /** Told when a file beside a local HAProxy could not be written. */
  readonly warn?: (message: string) => void;
}

const LIMITS: AdminLimits = { connectTimeoutMs: 500, conversationTimeoutMs: 2_000, stallLimitMs: 1_000 };

/** HAProxy 2.6 or later, configured as `slipway router config haproxy` prints it. */
export function createHaproxyRouter(options: HaproxyRouterOptions): Router {
  const { name, maintenance = [], mapFolder, stateFile, warn = () => {} } = options;
  const limits = { ...LIMITS, ...options.limits };
  const settings = Object.entries(options.instances).map(([instance, own]) => ({
    name: instance,
    address: 'socket' in own ? { socket: own.socket } : { tcp: own.tcp },
    ...(mapFolder === undefined ? {} : { mapFolder }),
    ...(stateFile === undefined ? {} : { stateFile }),
    ...(own.mapFolder === undefined ? {} : { mapFolder: own.mapFolder }),
    ...(own.stateFile === undefined ? {} : { stateFile: own.stateFile }),
  }));
  const persists = settings.every(({ address, stateFile: file }) => 'socket' in address && file !== undefined);
  return routerOfInstances({
    name,
    maintenance,
    capabilities: { ...CAPABILITIES, persists },
    instances: settings.map((one) => createHaproxyInstance({ ...one, limits, warn })),
  });
}

const CAPABILITIES: RouterCapabilities = {
  fenced: true, atomicShift: true, percentStep: 1, sticky: true, headerOverride: true, persists: true, percentiles: false, lossless: true,
};
