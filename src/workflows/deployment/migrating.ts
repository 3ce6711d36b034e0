import type { MigrationStep } from '../../domain/deployment/protection.js';
import type { MigrationState } from '../../domain/deployment/status.js';
import type { MigrateResult } from '../../domain/deployment/steps.js';
import type { Run } from './run.js';
import type { Task } from './runtime.js';
import type { Watched } from './watched.js';

/** Makes room in the data for the candidate; what runs can live with it. @throws Halt */
export async function expand(run: Run, watched: Watched): Promise<void> {
  if (!run.state.plan.protect?.migrate.expand) return;
  await watched.holdWhilePaused();
  mark(run, 'expand', 'running');
  // From here on something may have changed, however this ends.
  const task = startMigration(run, 'expand');
  try {
    await run.work.resultOf(task);
  } catch (error) {
    mark(run, 'expand', 'failed');
    throw error;
  }
  mark(run, 'expand', 'done');
  run.milestone('expanded');
}

/**
 * Runs a migration behind which nothing goes back, to its end or until people stop it.
 *
 * @returns why it was not done, null when it was; `stopped`: it did not end by itself
 */
export async function runMigration(run: Run, migration: 'contract' | 'revert', stop: () => boolean): Promise<{ readonly why: string | null; readonly stopped: boolean }> {
  mark(run, migration, 'running');
  const task = startMigration(run, migration);
  await run.runtime.until(() => task.outcome !== undefined || stop());
  const stopped = task.outcome === undefined;
  if (stopped) task.cancel();
  const outcome = await run.work.endOf(task);
  mark(run, migration, outcome.ok ? 'done' : 'failed');
  return { why: outcome.ok ? null : `${outcome.text} (${outcome.code})`, stopped };
}

function startMigration(run: Run, migration: MigrationStep): Task<MigrateResult> {
  const { place, state } = run;
  const program = state.plan.protect?.migrate[migration]?.command[0] ?? '';
  return run.start('migrate', { ...place, plan: state.plan, migration }, `${migration}: ${program}`);
}

export function mark(run: Run, migration: MigrationStep, state: MigrationState): void {
  const { protection } = run.state.data;
  if (protection) protection.migrations = { ...protection.migrations, [migration]: state };
  run.runtime.changed();
}
