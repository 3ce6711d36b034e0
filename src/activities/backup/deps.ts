import type { SourceSpec } from '../../domain/backup/source-spec.js';
import type { Logger } from '../../domain/logger.js';
import type { NotifySpec } from '../../domain/service/environment.js';
import type { Engine } from '../../engines/engine.js';
import type { Notifier } from '../../notifiers/notifier.js';
import type { Prober } from '../../probes/probe.js';
import type { Programs } from '../../programs/programs.js';
import type { Source } from '../../sources/source.js';
import type { BackupStores } from '../../store/backup-stores.js';
import type { Target } from '../../targets/target.js';
import type { Clock } from '../watch/clock.js';
import type { Ownership } from '../watch/ownership.js';

/** What the activities of backups and restores reach; made by the worker's composition root. */
export interface BackupDeps {
  readonly stores: Pick<BackupStores, 'backups' | 'restores' | 'drills' | 'leases' | 'repositories'>;
  /** @throws REPOSITORY_UNKNOWN */
  readonly engine: (repository: string) => Engine;
  /** How often a repository gives bytes back. @throws REPOSITORY_UNKNOWN */
  readonly pruneEveryMs: (repository: string) => number;
  readonly source: (spec: SourceSpec, owner: { readonly service: string; readonly environment: string }) => Source;
  /** How long work on a repository goes on unrenewed, and so how long a dead worker's holds others up. */
  readonly leaseTtlMs: number;
  readonly programs: Programs;
  /** @throws TARGET_UNKNOWN */
  readonly target: (name: string) => Target;
  readonly prober: Prober;
  /** @throws SECRET_MISSING, URL_REFUSED */
  readonly notifier: (via: NotifySpec['via']) => Notifier;
  readonly clock: Clock;
  readonly ownership: Ownership;
  readonly logger: Logger;
  /** A new ULID. */
  readonly newId: () => string;
}
