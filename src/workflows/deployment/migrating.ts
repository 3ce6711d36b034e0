import type { MigrationStep } from '../../domain/deployment/protection.js';
import type { MigrationState } from '../../domain/deployment/status.js';
import type { MigrateResult } from '../../domain/deployment/steps.js';
import type { Run } from './run.js';
import type { Outcome, Task } from './runtime.js';
import type { Watched } from './watched.js';

/** Makes room in the data for the candidate; what runs can live with it. @throws Halt */
export async function expand(run: Run, watched: Watched): Promise<void> {
  if (!run.state.plan.protect?.migrate.expand) return;
  await watched.holdWhilePaused();
  mark(run, 'expand', 'running');
  // From here on something may have changed, however this ends.
  const task = startMigration(run, 'expand');
  try {
    await run.resultOf(task);
  } catch (error) {
    mark(run, 'expand', 'failed');
    throw error;
  }
  mark(run, 'expand', 'done');
  run.milestone('expanded');
}

export function startMigration(run: Run, migration: MigrationStep): Task<MigrateResult> {
  const { place, state } = run;
  const program = state.plan.protect?.migrate[migration]?.command[0] ?? '';
  return run.start('migrate', { ...place, plan: state.plan, migration }, `${migration}: ${program}`);
}

export function mark(run: Run, migration: MigrationStep, state: MigrationState): void {
  const { protection } = run.state.data;
  if (protection) protection.migrations = { ...protection.migrations, [migration]: state };
  run.runtime.changed();
}

/** Why it failed, for people; null when it did not. */
export function failureText(outcome: Outcome<MigrateResult> | undefined): string | null {
  if (outcome?.ok) return null;
  return outcome ? `${outcome.text} (${outcome.code})` : 'it has no outcome';
}
