import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { MadeBackup } from '../../domain/deployment/follow-up.js';
import type { Run } from './run.js';
import { Halt } from '../sequence/work.js';
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
  await run.busy('backups before anything is touched', () => backUpAll(run, sources));
  run.milestone('protected');
}

async function backUpAll(run: Run, sources: readonly BackupPlan[]): Promise<void> {
  const { control, runtime } = run;
  const news = newsOf(run);
  const ordered = sources.map((plan): Ordered => ({ plan, task: run.backUp(plan, (text) => news.tell(plan, text)) }));
  const failed = (): Ordered | undefined => ordered.find(({ task }) => task.outcome?.ok === false);
  await runtime.until(() => control.abort !== null || failed() !== undefined || ordered.every(({ task }) => task.outcome !== undefined));
  news.close();
  if (control.abort) throw new Halt(control.abort);
  const bad = failed();
  if (bad) throw new Halt({ code: 'BACKUP_FAILED', by: 'slipway', text: `${nameOf(bad.plan)} could not be backed up, so nothing was touched: ${textOf(bad.task)}` });
}

/** What it waits for, backup by backup. One that nobody waits for any more may still have something to say. */
function newsOf(run: Run): { tell(plan: BackupPlan, text: string | null): void; close(): void } {
  const said = new Map<string, string>();
  let closed = false;
  return {
    tell(plan, text) {
      if (text === null) said.delete(nameOf(plan));
      else said.set(nameOf(plan), text);
      if (!closed && said.size > 0) run.waitsFor([...said].map(([name, each]) => `${name}: ${each}`).join('; '));
    },
    close: () => { closed = true; },
  };
}

function nameOf(plan: BackupPlan): string {
  return pathOf(addressOf(plan));
}

function textOf({ outcome }: Task<MadeBackup>): string {
  return outcome && !outcome.ok ? outcome.text : 'no reason is known';
}
