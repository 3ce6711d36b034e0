import { SlipwayError } from '../../domain/errors.js';
import type { FoundSnapshot } from '../engine.js';
import { reading } from './reading.js';
import { failureOf } from './restic-failure.js';
import { parseSnapshots } from './restic-output.js';
import type { ResticProgram } from './restic-program.js';
import { attemptOf, backupTag } from './tags.js';

/** The snapshots of a backup, newest last. restic keeps no manifest with them: the hash of what was produced is gone with the worker, so such a one is stored anew. */
export async function findSnapshots(restic: ResticProgram, backup: string, signal: AbortSignal): Promise<readonly FoundSnapshot[]> {
  const result = await reading((locks) => restic.run({ args: ['snapshots', '--tag', backupTag(backup)], length: 'short', signal, locks }));
  if (result.exitCode !== 0) throw failureOf('The snapshots of the backup could not be listed', result, result.redact);
  const listed = parseSnapshots(result.stdout);
  if (!listed) throw new SlipwayError('ENGINE_FAILED', 'The snapshots of the backup could not be listed: restic printed something else than a list.');
  return listed
    .filter(({ tags }) => tags.includes(backupTag(backup)))
    .toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))
    .map(({ id, tags }) => ({ snapshot: id, attempt: attemptOf(tags), stored: null }));
}

/** One that is gone is passed over by restic itself; what is no id of a snapshot names none. */
export async function forgetSnapshots(restic: ResticProgram, snapshots: readonly string[], signal: AbortSignal): Promise<void> {
  const ids = snapshots.filter(isSnapshotId);
  if (ids.length === 0) return;
  const result = await restic.run({ args: ['forget', '--', ...ids], length: 'short', signal });
  if (result.exitCode !== 0) throw failureOf('Snapshots could not be forgotten', result, result.redact);
}

/** Anything else, `latest` above all, might name a snapshot that nobody meant. */
export function isSnapshotId(text: string): boolean {
  return /^[0-9a-f]{8,64}$/.test(text);
}
