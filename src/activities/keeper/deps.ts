import type { DriftPolicy } from '../../domain/keeper/drift.js';
import type { Logger } from '../../domain/logger.js';
import type { NotifySpec } from '../../domain/service/environment.js';
import type { Notifier } from '../../notifiers/notifier.js';
import type { Prober } from '../../probes/probe.js';
import type { Router } from '../../routers/router.js';
import type { Stores } from '../../store/stores.js';
import type { Target } from '../../targets/target.js';
import type { Clock } from '../watch/clock.js';

/** What the keeper reaches; made by the worker's composition root. */
export interface KeeperDeps {
  /** The names of the routers that are declared on this worker: those of its site. */
  readonly routers: readonly string[];
  /** undefined: not declared on this worker. */
  readonly router: (name: string) => KeptRouter | undefined;
  /** @throws TARGET_UNKNOWN */
  readonly target: (name: string) => Target;
  readonly prober: Prober;
  /** @throws SECRET_MISSING, URL_REFUSED */
  readonly notifier: (via: NotifySpec['via']) => Notifier;
  /** Whom the environment's definition of today wants told, by name. @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, DATABASE_UNAVAILABLE */
  readonly receivers: (service: string, environment: string) => Promise<Readonly<Record<string, NotifySpec>>>;
  readonly lock: DeploymentLock;
  readonly stores: Pick<Stores, 'keeper' | 'events' | 'observations'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface KeptRouter {
  readonly router: Router;
  readonly onDrift: DriftPolicy;
}

/** The lock that a deployment, or a restore, has on an environment of a service. */
export interface DeploymentLock {
  /** Whether nobody has it right now. @throws TEMPORAL_UNAVAILABLE */
  isFree(environment: string, service: string): Promise<boolean>;
}
