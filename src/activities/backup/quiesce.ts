import { SlipwayError } from '../../domain/errors.js';
import type { RestoreInput } from '../../domain/backup/steps.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';

/** Stops writes before the safety backup, or allows them again after the swap, in the way that was declared. @throws PROGRAM_FAILED, QUIESCE_UNSUPPORTED */
export async function quiesce(deps: BackupDeps, { plan, run }: RestoreInput, which: 'stop' | 'start', { signal, report }: BackupContext): Promise<object> {
  const spec = plan.source.restore.quiesce;
  if (!spec) return {};
  if (spec.kind === 'read-only') {
    const source = deps.source(plan.source, plan);
    const at = { run, signal, progress: (text: string) => report({ doing: text }) };
    await (which === 'stop' ? source.quiesce(at) : source.unquiesce(at));
    return {};
  }
  const command = spec[which];
  const { exitCode, stderr } = await deps.programs.run({ command, timeoutMs: spec.timeoutMs, signal });
  if (exitCode !== 0) throw new SlipwayError('PROGRAM_FAILED', `${command[0]} ended with exit code ${exitCode}: ${stderr.slice(-2_000)}`);
  return {};
}
