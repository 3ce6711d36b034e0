import { CancellationScope, condition, isCancellation, proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import type { DrillPlan } from '../../domain/backup/plan.js';
import { heldBy, whyUnproven } from '../../domain/backup/proof-text.js';
import type { Proof } from '../../domain/backup/restore-status.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { SlipwayDeployment, SlipwayEnvironment, SlipwayService } from '../sequence/search-attributes.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { taskOf } from '../sequence/task-of.js';
import { backupOptions } from './backup-profiles.js';
import type { DrillOutcome, DrillWorkflowInput } from './input.js';
import { tellApart } from './tell-apart.js';
import type { Outcome } from '../sequence/runtime.js';

type Step = (name: keyof BackupSteps, summary: string) => ActivitiesOf<BackupSteps>;

/** Restores the newest verified backup into scratch, proves it, drops it and records: touches nothing that is live, and holds nobody. */
export async function restoreDrill({ drill, plan }: DrillWorkflowInput): Promise<DrillOutcome> {
  const startedAtMs = Date.now();
  const step: Step = (name, summary) => proxyActivities<ActivitiesOf<BackupSteps>>({ ...backupOptions(name, plan), summary });
  const { backup } = await step('openDrill', 'choose the newest verified backup').openDrill({ plan, drill });
  upsertSearchAttributes([{ key: SlipwayDeployment, value: drill }, { key: SlipwayService, value: plan.service }, { key: SlipwayEnvironment, value: plan.environment }]);
  const rehearsed: Outcome<Proof> = backup
    ? await rehearse(step, { ...plan, backup }, drill)
    : { ok: false, code: 'NO_BACKUP', text: 'there is no verified backup to restore' };
  return CancellationScope.nonCancellable(async () => {
    const { proven, text } = verdictOf(rehearsed);
    await step('recordDrill', proven ? 'record: proven' : 'record: not proven').recordDrill({ drill, backup: backup?.id ?? null, proven, text, tookMs: Date.now() - startedAtMs });
    const kind = proven ? 'drill-succeeded' : 'drill-failed';
    const told = `drill of ${plan.service}/${plan.source.name} in ${plan.environment}: ${text}`;
    await tellApart({ plan, run: drill, kind, text: told });
    return { drill, proven, text };
  });
}

/** Whatever happens, the scratch copy is dropped. */
async function rehearse(step: Step, plan: DrillPlan, run: string): Promise<Outcome<Proof>> {
  const task = taskOf('drill', async () => {
    await step('copy', `restore ${plan.backup.id} into scratch`).copy({ plan, run });
    return step('prove', 'compare it with what was backed up').prove({ plan, run, compareLive: false });
  }, { settled: () => undefined });
  await CancellationScope.nonCancellable(() => condition(() => task.outcome !== undefined));
  const dropped = await CancellationScope.nonCancellable(() => step('dropCopy', 'drop the scratch copy').dropCopy({ plan, run })).then(() => null, (error: unknown) => error);
  if (dropped !== null && !isCancellation(dropped) && task.outcome?.ok) return { ok: false, code: 'RESTORE_FAILED', text: 'the scratch copy could not be dropped' };
  return task.outcome ?? { ok: false, code: 'INTERNAL', text: 'the drill has no outcome' };
}

function verdictOf(rehearsed: Outcome<Proof>): { proven: boolean; text: string } {
  if (!rehearsed.ok) return { proven: false, text: `${rehearsed.text} (${rehearsed.code})` };
  const why = whyUnproven(rehearsed.value);
  return why === null ? { proven: true, text: `restored and equal: ${heldBy(rehearsed.value.copy)}` } : { proven: false, text: why };
}
