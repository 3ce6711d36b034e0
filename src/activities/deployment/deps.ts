import type { Clock } from '../watch/clock.js';
import type { Ownership } from '../watch/ownership.js';
import type { NotifySpec } from '../../domain/service/environment.js';
import type { Logger } from '../../domain/logger.js';
import type { Notifier } from '../../notifiers/notifier.js';
import type { Prober } from '../../probes/probe.js';
import type { Router } from '../../routers/router.js';
import type { DeploymentStore, ObservationStore } from '../../store/stores.js';
import type { EventLog } from '../../store/event-log.js';
import type { Target } from '../../targets/target.js';

/** What the activities of a deployment reach; made by the worker's composition root. */
export interface ActivityDeps {
  /** @throws ROUTER_UNKNOWN */
  readonly router: (name: string) => Router;
  /** @throws TARGET_UNKNOWN */
  readonly target: (name: string) => Target;
  readonly prober: Prober;
  readonly deployments: DeploymentStore;
  readonly events: EventLog;
  readonly observations: ObservationStore;
  /** @throws SECRET_MISSING, URL_REFUSED */
  readonly notifier: (spec: NotifySpec['via']) => Notifier;
  readonly clock: Clock;
  readonly ownership: Ownership;
  readonly logger: Logger;
}
