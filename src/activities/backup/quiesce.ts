import { SlipwayError } from '../../domain/errors.js';
import type { RestoreInput } from '../../domain/backup/steps.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';
import { sourceContextOf } from './source-context-of.js';
import { whileOurs } from './while-ours.js';

/** Stops writes before the safety backup, or allows them again after the swap, in the way that was declared. @throws PROGRAM_FAILED, QUIESCE_UNSUPPORTED, SUPERSEDED, LEASE_LOST */
export async function quiesce(deps: BackupDeps, { plan, run }: RestoreInput, which: 'stop' | 'start', context: BackupContext): Promise<object> {
  const spec = plan.source.restore.quiesce;
  if (!spec) return {};
  if (spec.kind === 'read-only') {
    const source = deps.source(plan.source, plan);
    const at = sourceContextOf(run, context);
    await (which === 'stop' ? source.quiesce(at) : source.unquiesce(at));
    return {};
  }
  const command = spec[which];
  const { exitCode, stderr } = await whileOurs(deps, context, (signal) => deps.programs.run({ command, timeoutMs: spec.timeoutMs, signal }));
  if (exitCode !== 0) throw new SlipwayError('PROGRAM_FAILED', `${command[0]} ended with exit code ${exitCode}: ${stderr.slice(-2_000)}`);
  return {};
}
