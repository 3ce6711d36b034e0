import type { Stores } from '../store/stores.js';
import type { Afterwards } from './afterwards.js';
import type { BackupRuns } from './backup/backup-runs.js';
import type { BackupSchedules } from './backup/backup-schedules.js';
import type { ScheduleBoard } from './backup/schedule-board.js';
import type { AddressBook } from './deployment/address-book.js';
import type { DeploymentFollowers } from './deployment/deployment-followers.js';
import type { DeploymentRuns } from './deployment/deployment-runs.js';
import type { Logger } from '../domain/logger.js';
import type { Keepers } from './keeper/keepers.js';
import type { DefinitionReader } from './service/definition-reader.js';
import type { Environments } from './service/environments.js';
import type { Tell } from './tell.js';

/** What the use cases work with; put together in a composition root. */
export interface AppDeps {
  readonly stores: Stores;
  readonly runs: DeploymentRuns;
  readonly keepers: Keepers;
  readonly backupRuns: BackupRuns;
  readonly backupSchedules: BackupSchedules;
  readonly scheduleBoard: ScheduleBoard;
  readonly definitions: DefinitionReader;
  readonly environments: Environments;
  readonly addresses: AddressBook;
  /** Instances of the router that the operator has taken out. */
  readonly routerMaintenance: (router: string) => readonly string[];
  readonly followers: DeploymentFollowers;
  /** The site whose workers carry out what is started here. */
  readonly site: string;
  readonly afterwards: Afterwards;
  readonly log: Logger;
  /** A new ULID. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly tell: Tell;
}
