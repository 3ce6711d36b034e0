import type { Logger } from '@temporalio/common';
import type { RouterEntry } from '../../domain/router/entry.js';
import type { Persistence } from '../../domain/router/persistence.js';
import type { MetricSource } from '../../metrics/metric-source.js';
import type { Prober } from '../../probes/probe.js';
import type { Router } from '../../routers/router.js';
import type { EventLog } from '../../store/event-log.js';
import type { ObservationStore } from '../../store/stores.js';
import type { Clock } from './clock.js';
import type { Ownership } from './ownership.js';

/** What a watch reaches. Only routers are needed to take a bad version back. */
export interface WatchDeps {
  /** Who this worker is, unlike every other. */
  readonly worker: string;
  /** @throws when the operator declares no router of that name. */
  readonly routers: (name: string) => Router;
  readonly prober: Prober;
  /** By the operator's name of the metrics store; `default` unless a rule names another. @throws when there is none of that name. */
  readonly metricSource: (name: string) => MetricSource;
  readonly events: EventLog;
  readonly observations: Pick<ObservationStore, 'observe'>;
  readonly clock: Clock;
  readonly ownership: Ownership;
  /** Tells a run that its shift is confirmed everywhere. @throws when the server does not answer. */
  readonly reportShift: (workflow: { readonly workflowId: string; readonly runId: string }, entry: RouterEntry) => Promise<void>;
  /** Tells a run that what its router holds is not on its disk, or is again. @throws when the server does not answer. */
  readonly reportPersistence: (workflow: { readonly workflowId: string; readonly runId: string }, persistence: Persistence) => Promise<void>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}
