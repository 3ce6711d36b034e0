import type { ChildWorkflowHandle } from '@temporalio/workflow';
import type { RestorePlan } from '../../domain/backup/plan.js';
import { quiesceLimitMs } from './backup-profiles.js';
import type { backup } from './backup-workflow.js';
import { childBackup } from './child-backup.js';
import { goSignal } from './messages.js';
import { RESTORER, type SafetyBackup } from './restore-run.js';

/** Over what stopping the writes may take. */
const MARGIN_MS = 60_000;

/** Waits its turn. Where writes are stopped for it, it has the lock of the source's backups before they are, and reads nothing until then. */
export function safetyBackup(id: string, plan: RestorePlan): SafetyBackup {
  const { timeoutMs, restore: { quiesce } } = plan.source;
  const run: { child: ChildWorkflowHandle<typeof backup> | null } = { child: null };
  const waits = quiesce ? { goWithinMs: quiesceLimitMs(quiesce) + MARGIN_MS } : {};
  const task = childBackup({ backup: id, plan, trigger: 'safety', by: RESTORER, ...waits }, { waitMs: timeoutMs, began: (child) => { run.child = child; } });
  return {
    task,
    get began() { return run.child !== null; },
    // One that has ended by then says so by its outcome.
    proceed: () => void run.child?.signal(goSignal).catch(() => undefined),
  };
}
