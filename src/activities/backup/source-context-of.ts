import type { SourceContext } from '../../sources/source.js';
import type { BackupContext } from './backup-step.js';

/** What a source is given in an activity of the run. */
export function sourceContextOf(run: string, { signal, report, stillOurs }: BackupContext): SourceContext {
  return { run, signal, stillOurs, progress: (text) => report({ doing: text }) };
}
