import type { BackupSteps } from '../../domain/backup/steps.js';
import type { BackupContext } from './backup-step.js';
import { rates } from './capture.js';
import type { BackupDeps } from './deps.js';
import { onRepository } from './lease.js';
import { sourceContextOf } from './source-context-of.js';

/** Brings the chosen backup out of its repository and beside what is live. Starts anew each time. */
export async function copy(deps: BackupDeps, { plan, run }: BackupSteps['copy'][0], context: BackupContext): Promise<BackupSteps['copy'][1]> {
  const startedAt = deps.clock.now();
  const source = deps.source(plan.source, plan);
  const engine = deps.engine(plan.backup.repository);
  const at = sourceContextOf(run, context);
  const { how, gap } = await source.describeSwap(at);
  let bytes = 0;
  const show = rates(deps, context.report);
  await source.fillCopy(at, (folder) => onRepository(deps, 'shared', engine, context, (signal) => engine.fetch(plan.backup.snapshot, folder, (progress) => {
    bytes = progress.bytes;
    show(progress);
  }, signal), { ahead: true }));
  return { bytes, tookMs: deps.clock.now() - startedAt, swap: `the swap is ${how}; ${gap ?? 'nobody sees a gap'}` };
}
