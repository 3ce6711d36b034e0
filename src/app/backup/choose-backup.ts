import { damageText } from '../../domain/backup/damage-text.js';
import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { ChosenBackup, SourceAddress } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { type Problem, SlipwayError } from '../../domain/errors.js';
import type { Stores } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { backupOf } from './backup-record-of.js';
import { offeredBackup } from './offered-backup.js';
import { snapshotOf } from './verify-backup.js';

/** Which backup is meant: by its id, the newest verified one (of a time), or the one that a deployment made before it touched anything. */
export interface BackupChoice extends Partial<SourceAddress> {
  /** An id, or `latest`. @default latest */
  readonly backup?: string | undefined;
  /** The data must not be newer, RFC 3339. */
  readonly before?: string | undefined;
  /** One that ended with the follow-up `restore-offered`. */
  readonly deployment?: string | undefined;
}

/**
 * The backup that is meant, fit to be restored. A damaged one is never taken as the latest.
 *
 * @throws INVALID_REQUEST, BACKUP_NOT_FOUND, NO_BACKUP, BACKUP_NOT_STORED, BACKUP_NOT_VERIFIED, BACKUP_DAMAGED, BACKUP_FORGOTTEN, NO_RESTORE_OFFERED,
 *   DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function chooseBackup(deps: Pick<AppDeps, 'stores' | 'now'>, choice: BackupChoice): Promise<BackupRecord> {
  refuseContradiction(choice);
  if (choice.deployment !== undefined) return fit(sameSource(await backupOf(deps.stores, await offeredBackup(deps, choice, choice.deployment)), choice));
  if (choice.backup !== undefined && choice.backup !== 'latest') return fit(sameSource(await backupOf(deps.stores, choice.backup), choice));
  return newest(deps.stores, wholeAddress(choice), choice.before);
}

/** What a restore or drill is told of it. @throws BACKUP_NOT_STORED, BACKUP_FORGOTTEN */
export function chosenOf(record: BackupRecord): ChosenBackup {
  const { id, repository, at, fingerprint } = record;
  const snapshot = snapshotOf(record);
  if (at === null || fingerprint === null) throw new SlipwayError('BACKUP_NOT_VERIFIED', `Of backup ${id} it is not known what it holds.`);
  return { id, snapshot, repository, at, fingerprint };
}

async function newest({ backups }: Pick<Stores, 'backups'>, address: SourceAddress, before: string | undefined): Promise<BackupRecord> {
  const record = await backups.newestVerified(address, before);
  if (record) return record;
  throw new SlipwayError('NO_BACKUP', `There is no verified backup of ${pathOf(address)}${before === undefined ? '' : ` with data of ${before} or earlier`}.`);
}

/** A person who names a backup is told why it cannot be, and never given another one. */
function fit(record: BackupRecord): BackupRecord {
  const { id, state, damage } = record;
  snapshotOf(record);
  if (state === 'damaged') throw new SlipwayError('BACKUP_DAMAGED', `Backup ${id} is damaged. ${damageText(damage)}`);
  if (state !== 'verified') throw new SlipwayError('BACKUP_NOT_VERIFIED', `Backup ${id} is ${state}: its bytes were never read back.`);
  return record;
}

function sameSource(record: BackupRecord, choice: BackupChoice): BackupRecord {
  const address = addressOf(record.plan);
  const problems = (['service', 'environment', 'source'] as const)
    .filter((key) => choice[key] !== undefined && choice[key] !== address[key])
    .map((key): Problem => ({ path: `/${key}`, message: 'is not that of the backup', hint: address[key] }));
  if (problems.length === 0) return record;
  throw new SlipwayError('INVALID_REQUEST', `Backup ${record.id} is of ${pathOf(address)}.`, { problems });
}

function refuseContradiction({ backup, before, deployment }: BackupChoice): void {
  const named = backup !== undefined && backup !== 'latest';
  if (deployment !== undefined && (backup !== undefined || before !== undefined)) throw contradiction('/deployment', 'cannot stand beside `backup` or `before`: the deployment names its backup');
  if (named && before !== undefined) throw contradiction('/before', 'cannot stand beside the id of a backup');
}

function contradiction(path: string, message: string): SlipwayError {
  return new SlipwayError('INVALID_REQUEST', `${path} ${message}.`, { problems: [{ path, message }] });
}

/** @throws INVALID_REQUEST */
export function wholeAddress({ service, environment, source }: Partial<SourceAddress>): SourceAddress {
  if (service !== undefined && environment !== undefined && source !== undefined) return { service, environment, source };
  const given = { service, environment, source };
  const problems = (['service', 'environment', 'source'] as const).filter((key) => given[key] === undefined)
    .map((key) => ({ path: `/${key}`, message: 'is required where neither `backup` nor `deployment` names a backup' }));
  throw new SlipwayError('INVALID_REQUEST', `Which source is meant is not said: ${problems.map(({ path }) => path).join(', ')} is missing.`, { problems });
}
