import type { BackupPlan } from '../backup/plan.js';
import { SlipwayError } from '../errors.js';
import type { CommandSpec, EnvironmentSpec } from '../service/environment.js';
import { fillPlaceholders, type PlaceholderValues } from '../service/placeholders.js';
import type { PlanGate } from './plan.js';

/** What surrounds a deployment so that its data survives it. Nothing of either: an undo. */
export interface PlanProtection {
  /** Made and read back before anything else is touched. */
  readonly backups: readonly BackupPlan[];
  readonly migrate: PlanMigrations;
}

export interface PlanMigrations {
  readonly expand?: CommandSpec;
  readonly contract?: CommandSpec & { readonly gate?: PlanGate };
  readonly revert?: CommandSpec;
}

export const MIGRATION_STEPS = ['expand', 'contract', 'revert'] as const;
export type MigrationStep = (typeof MIGRATION_STEPS)[number];

/** A migration is safe to run again by its declaration, so a failed one is tried this often in all. */
export const MIGRATION_ATTEMPTS = 3;

const MINUTE_MS = 60_000;

/**
 * How long one waits for its turn. An attempt whose worker was cut off may go on elsewhere until its own timeout, and a dead worker's right to run
 * ends only some time after it.
 */
export function migrationWaitMs({ timeoutMs }: Pick<CommandSpec, 'timeoutMs'>): number {
  return timeoutMs + 2 * MINUTE_MS;
}

/** How long one attempt may take in all. */
export function migrationAttemptMs(command: Pick<CommandSpec, 'timeoutMs'>): number {
  return migrationWaitMs(command) + command.timeoutMs + MINUTE_MS / 2;
}

/** How long all of them may take in all, those included that find no worker free. */
export function migrationLimitMs(command: Pick<CommandSpec, 'timeoutMs'>): number {
  return MIGRATION_ATTEMPTS * migrationAttemptMs(command) + 60 * MINUTE_MS;
}

/** What a migration's arguments may hold, filled in once with anything: a wrong placeholder stops the start and not a deployment. */
const SOME_VALUES: PlaceholderValues = { service: 's', environment: 'e', version: 'v', deployment: 'd' };

/** What a deployment brings, as far as its data is concerned. */
export type Brings = 'another version' | 'the live version' | 'earlier release';

/** What an undo does about data: nothing, so that nothing holds it up. */
const UNTOUCHED: PlanProtection = { backups: [], migrate: {} };

/**
 * An undo waits for no repository and no command: what it brings back lived with what `expand` made, a `contract` would take that from it, and what
 * there was before it came is backed up. The version that is live needs what its `expand` made: launched anew it takes nothing back.
 *
 * @throws DEFINITION_INVALID when it asks for backups and declares no source, or a command has a placeholder without a value there
 */
export function protectionOf(spec: EnvironmentSpec, backups: readonly BackupPlan[], brings: Brings): PlanProtection | undefined {
  const { protect } = spec;
  if (!protect) return undefined;
  if (brings === 'earlier release') return UNTOUCHED;
  // A parsed definition has both; a deployment without the protection it asks for must not start.
  if (protect.backup === 'before' && backups.length === 0) {
    throw new SlipwayError('DEFINITION_INVALID', `${spec.service}/${spec.environment} is to be backed up before each deployment, but declares no source under \`backups\`.`);
  }
  for (const command of Object.values(protect.migrate)) checkArguments(command);
  const made = protect.backup === 'before' ? backups : [];
  const { revert: _, ...onward } = protect.migrate;
  const migrate = brings === 'the live version' ? onward : protect.migrate;
  return made.length === 0 && Object.keys(migrate).length === 0 ? undefined : { backups: made, migrate };
}

function checkArguments({ command }: CommandSpec): void {
  for (const argument of command) fillPlaceholders(argument, SOME_VALUES);
}
