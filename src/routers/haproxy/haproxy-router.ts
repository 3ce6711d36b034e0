import type { Logger } from '../../domain/logger.js';
import type { PersistPolicy } from '../../domain/router/persistence.js';
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
  /** Each instance has the stick tables of the printed configuration. What is there is counted all the same. @default false */
  readonly percentiles?: boolean;
  readonly limits?: Partial<AdminLimits>;
  /** @default 'told' */
  readonly persistPolicy?: PersistPolicy;
  /** Told once when a file beside a local HAProxy cannot be written, and when it can again. @default nobody */
  readonly logger?: Pick<Logger, 'info' | 'warn'>;
}

const LIMITS: AdminLimits = { connectTimeoutMs: 500, conversationTimeoutMs: 2_000, stallLimitMs: 1_000 };

/** HAProxy 2.6 or later, configured as `slipway router config haproxy` prints it. */
export function createHaproxyRouter(options: HaproxyRouterOptions): Router {
  const { name, maintenance = [], mapFolder, stateFile, persistPolicy, percentiles = false, logger = SILENT } = options;
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
    capabilities: { ...CAPABILITIES, persists, percentiles },
    ...(persistPolicy && { persistPolicy }),
    instances: settings.map((one) => createHaproxyInstance({ ...one, limits, logger })),
  });
}

const SILENT = { info: () => {}, warn: () => {} };

const CAPABILITIES: Omit<RouterCapabilities, 'persists' | 'percentiles'> = {
  fenced: true, atomicShift: true, percentStep: 1, sticky: true, headerOverride: true, lossless: true,
};
