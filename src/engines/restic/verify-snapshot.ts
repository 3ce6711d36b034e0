import { formatBytes } from '../../domain/bytes.js';
import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import type { Damage, EntryMetadata, Manifest } from '../../domain/backup/manifest.js';
import { splitLines } from '../../programs/split-lines.js';
import type { Programs } from '../../programs/programs.js';
import type { OnProgress } from '../engine.js';
import { parseReadBackAnswer, type ReadBackRequest, type ReadBackResult } from './read-back-protocol.js';
import { isSnapshotId } from './snapshots.js';
import { throwUnlessDamaged } from './destination.js';
import { reading } from './reading.js';
import { saidOf } from './restic-failure.js';
import type { ResticLimits, ResticProgram } from './restic-program.js';

/** As many as an engine tells. */
const LIMIT = 50;

export interface Reader {
  readonly restic: ResticProgram;
  readonly programs: Programs;
  /** The repository's, when it is on this machine. */
  readonly folder: string | undefined;
  /** The command of `read-back`. */
  readonly readBack: readonly string[];
  readonly limits: ResticLimits;
}

/** Reads every byte of a snapshot from its destination, past what is kept of it here, and compares it with the manifest. */
export async function verifySnapshot(reader: Reader, snapshot: string, manifest: Manifest, progress: OnProgress, signal: AbortSignal): Promise<readonly Damage[]> {
  if (!isSnapshotId(snapshot)) return [{ file: null, text: `${snapshot} is no id of a snapshot.` }];
  const file = singleFile(manifest);
  const args = file === null ? ['dump', '--archive', 'tar', '--', snapshot, '/'] : ['dump', '--', snapshot, `/${file}`];
  if (reader.folder !== undefined) await dropCached(reader, join(reader.folder, 'data'), signal);
  const result = await reading(async (locks) => {
    const { command, env, redact } = await reader.restic.prepared({ args, cache: 'none', locks, signal });
    return { redact, ...(await runReader(reader, { command, file, manifest, limit: LIMIT }, env, progress, signal)) };
  });
  if (result.exitCode === 0) return result.differences;
  await throwUnlessDamaged(reader.restic, 'The backup could not be read back', result, signal);
  return damageOf(result, manifest, result.redact);
}

/**
 * Asks the system to forget what it holds of the packs in memory, so that they come from the disk: bytes that were just written would otherwise be
 * compared with themselves. A request only, by coreutils: where there is no `dd`, the reading goes on without.
 */
async function dropCached({ programs, limits: { longMs: timeoutMs } }: Reader, packs: string, signal: AbortSignal): Promise<void> {
  const command = ['find', packs, '-type', 'f', '-exec', 'dd', 'if={}', 'iflag=nocache', 'count=0', 'status=none', ';'];
  await programs.run({ command, timeoutMs, signal }).catch(() => signal.throwIfAborted());
}

/** What restic could not go on with, and what differs in that which it read before. */
function damageOf({ brokeIn, missing, differences, ...run }: ReadBackResult, { files }: Manifest, redact: (text: string) => string): readonly Damage[] {
  const rest = missing > 0 ? ` ${missing} of ${Object.keys(files).length} entries were not read.` : '';
  return [{ file: brokeIn, text: `${brokeIn ?? 'The backup'} cannot be read. ${saidOf(run, redact)}${rest}` }, ...differences].slice(0, LIMIT);
}

async function runReader({ programs, readBack, limits }: Reader, request: ReadBackRequest, env: Readonly<Record<string, string>>, progress: OnProgress, signal: AbortSignal): Promise<ReadBackResult> {
  let result: ReadBackResult | undefined;
  const lines = splitLines((line) => {
    const answer = parseReadBackAnswer(line);
    if (answer?.kind === 'progress') progress({ bytes: answer.bytes, text: `${formatBytes(answer.bytes)} read back` });
    if (answer?.kind === 'result') result = answer;
  });
  const { exitCode, stderr } = await programs.run({ command: readBack, env, stdin: JSON.stringify(request), timeoutMs: limits.longMs, signal, onStdout: lines.take });
  lines.end();
  if (!result) throw new SlipwayError('ENGINE_DIED', `The program that reads backups back ended with exit code ${exitCode} and no result: ${stderr.slice(-2_000)}`);
  return result;
}

/** A backup of one file of which only the content counts is read as that file, which spares the tar. */
function singleFile({ files }: Manifest): string | null {
  const [[path, entry] = [], ...others] = Object.entries(files);
  return path !== undefined && entry?.kind === 'file' && !hasMetadata(entry) && others.length === 0 ? path : null;
}

function hasMetadata({ mode, owner, modifiedNs }: EntryMetadata): boolean {
  return mode !== undefined || owner !== undefined || modifiedNs !== undefined;
}
