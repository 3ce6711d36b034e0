import { ApplicationFailure, CancellationScope, condition, proxyActivities } from '@temporalio/workflow';
import type { Actor } from '../../domain/actor.js';
import { pathOf } from '../../domain/backup/names.js';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { MadeBackup } from '../../domain/deployment/follow-up.js';
import { backupOptions } from '../backup/backup-profiles.js';
import { childBackup } from '../backup/child-backup.js';
import type { Outcome, Task } from '../sequence/runtime.js';
import type { BackupOutcome } from '../backup/input.js';
import type { BackupOptions } from './runtime.js';
import { taskOf } from '../sequence/task-of.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';

/** Who asks for it, and for which deployment. */
export interface BackupOrder {
  readonly deployment: string;
  readonly by: Actor;
  readonly plan: BackupPlan;
}

/**
 * The backup of a source before a deployment, in a run of its own and in the catalogue like any other. Another one of the source that runs is
 * waited for first. The task fails unless the backup was made and read back. Cancelled, it tells the backup to stop and ends at once: it harms nobody.
 */
export function backupBefore(order: BackupOrder, options: BackupOptions): Task<MadeBackup> {
  return taskOf('backup', () => made(order, options.says), options);
}

async function made({ deployment, by, plan }: BackupOrder, says: BackupOptions['says']): Promise<MadeBackup> {
  const { service, environment, source } = plan;
  const step = (name: keyof BackupSteps, summary: string) => proxyActivities<ActivitiesOf<BackupSteps>>({ ...backupOptions(name, plan), summary });
  const key = `${deployment}/${pathOf({ service, environment, source: source.name })}`;
  const request = { plan, by, key, trigger: 'deployment', reason: `before deployment ${deployment}` } as const;
  const { backup } = await step('requestBackup', `write the request for a backup of ${source.name}`).requestBackup(request);
  const run = { began: false };
  try {
    const child = childBackup({ backup, plan, by, trigger: 'deployment' }, {
      waitMs: source.timeoutMs,
      busy: () => says(`backup ${backup}, which begins when another one of this source has ended`),
      began: () => {
        run.began = true;
        says(`backup ${backup}, which is made and read back`);
      },
    });
    await condition(() => child.outcome !== undefined);
    const why = failureOf(child.outcome);
    if (why) throw ApplicationFailure.nonRetryable(`${why.text} (${why.code})`, 'BACKUP_FAILED');
    return { service, source: source.name, backup };
  } finally {
    if (!run.began) await withdraw(plan, backup, deployment);
  }
}

/** A request that never got a run of its own must not look like one that waits. What cannot be recorded soon the sweeper ends. */
async function withdraw(plan: BackupPlan, backup: string, deployment: string): Promise<void> {
  const options = { ...backupOptions('skipBackup', plan), scheduleToCloseTimeout: 10_000, summary: 'record that it was skipped' };
  const { skipBackup } = proxyActivities<ActivitiesOf<BackupSteps>>(options);
  const text = `deployment ${deployment} ended before it could begin, as another backup was running`;
  await CancellationScope.nonCancellable(() => skipBackup({ backup, text })).catch(() => undefined);
}

/** A backup that failed or is damaged is an outcome of its run like any other. */
function failureOf(outcome: Outcome<BackupOutcome> | undefined): { readonly code: string; readonly text: string } | undefined {
  if (!outcome) return { code: 'INTERNAL', text: 'the backup has no outcome' };
  if (!outcome.ok) return outcome;
  const { phase, code, text } = outcome.value;
  return phase === 'succeeded' ? undefined : { text, code: code ?? (phase === 'damaged' ? 'BACKUP_DAMAGED' : 'INTERNAL') };
}
