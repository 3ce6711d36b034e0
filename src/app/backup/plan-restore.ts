import { lossOf, pointOfNoReturnOf } from '../../domain/backup/loss.js';
import { addressOf } from '../../domain/backup/names.js';
import type { BackupPlan, RestorePlan } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { type BackupChoice, chooseBackup, chosenOf } from './choose-backup.js';
import { ownedPlan } from './owned-plan.js';
import { applicationsOf, servicesToHold } from './services-to-hold.js';

export interface PlanRestore extends BackupChoice {
  /** Puts the restored data in the place of what is live. Without, it ends before that and reports. @default false */
  readonly swap?: boolean | undefined;
  /** `try`: swaps also when what is live can no longer be backed up. @default required */
  readonly safety?: 'required' | 'try' | undefined;
}

type Deps = Pick<AppDeps, 'stores' | 'environments' | 'log' | 'now' | 'site'>;

/**
 * What a restore would do, by today's definition of the source.
 *
 * @throws BACKUP_MISMATCH, SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, SOURCE_NOT_OWNED and all of `chooseBackup`
 */
export async function planRestore(deps: Deps, command: PlanRestore): Promise<RestorePlan> {
  const backup = await chooseBackup(deps, command);
  const plan = await ownedPlan(deps, addressOf(backup.plan));
  refuseMismatch(backup, plan);
  const dryRun = command.swap !== true;
  const safety = command.safety ?? 'required';
  const facts = { source: plan.source, at: chosenOf(backup).at, nowMs: deps.now(), newer: await newerThan(deps, backup), dryRun, safety };
  const holds = dryRun ? [] : await servicesToHold(deps, addressOf(plan));
  const applications = await applicationsOf(deps, plan.environment, holds);
  return { ...plan, backup: chosenOf(backup), dryRun, safety, holds, applications, loss: lossOf(facts), pointOfNoReturn: pointOfNoReturnOf(facts) };
}

/** The data of a folder does not go into a database. */
function refuseMismatch(backup: BackupRecord, { source }: BackupPlan): void {
  const made = backup.plan.source.at.kind;
  if (made === source.at.kind) return;
  throw new SlipwayError('BACKUP_MISMATCH', `Backup ${backup.id} was made of a ${made} source; today "${source.name}" is a ${source.at.kind} source.`);
}

async function newerThan({ stores }: Deps, backup: BackupRecord): Promise<readonly string[]> {
  const kept = await stores.backups.kept(addressOf(backup.plan));
  const instants = kept.flatMap(({ id, state, at }) => (id !== backup.id && state === 'verified' && at !== null ? [at] : []));
  return instants.filter((at) => Date.parse(at) > Date.parse(backup.at ?? '')).toSorted().toReversed();
}
