import { SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';

const TIMEOUT_MS = 600_000;

/** What was written below `path` is on the disk when it returns: by one call, as one for each of many files would take minutes. */
export async function syncFileSystem(programs: Programs, path: string, signal: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await programs.run({ command: ['sync', '-f', path], timeoutMs: TIMEOUT_MS, signal });
  if (exitCode === 0) return;
  // Not every system's knows one file system from all.
  const all = await programs.run({ command: ['sync'], timeoutMs: TIMEOUT_MS, signal });
  if (all.exitCode !== 0) throw new SlipwayError('RESTORE_FAILED', `The copy could not be brought to the disk: ${stderr.slice(0, 500)}`);
}
