import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { MadeBackup } from '../../domain/deployment/follow-up.js';
import { Halt, type Run } from './run.js';
import type { Task } from './runtime.js';

interface Ordered {
  readonly plan: BackupPlan;
  readonly task: Task<MadeBackup>;
}

/** Backs every source up, all at the same time, before anything is touched. @throws Halt when one of them was not made, or not read back */
export async function protect(run: Run): Promise<void> {
  const { data, plan } = run.state;
  const sources = plan.protect?.backups ?? [];
  if (!data.protection || sources.length === 0) return;
  run.setPhase('protecting');
  const ordered = sources.map((source): Ordered => ({ plan: source, task: run.backUp(source) }));
  const failed = (): Ordered | undefined => ordered.find(({ task }) => task.outcome?.ok === false);
  await run.runtime.until(() => run.control.abort !== null || failed() !== undefined || ordered.every(({ task }) => task.outcome !== undefined));
  if (run.control.abort) throw new Halt(run.control.abort);
  const bad = failed();
  if (bad) throw new Halt({ code: 'BACKUP_FAILED', by: 'slipway', text: `${nameOf(bad.plan)} could not be backed up, so nothing was touched: ${textOf(bad.task)}` });
  run.milestone('protected');
}

function nameOf(plan: BackupPlan): string {
  return pathOf(addressOf(plan));
}

function textOf({ outcome }: Task<MadeBackup>): string {
  return outcome && !outcome.ok ? outcome.text : 'no reason is known';
}
