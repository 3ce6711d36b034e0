import { formatBytes } from '../../domain/bytes.js';
import type { SlipwayError } from '../../domain/errors.js';
import type { ProgramResult } from '../../programs/programs.js';
import { splitLines } from '../../programs/split-lines.js';
import type { OnProgress, StoreRequest } from '../engine.js';
import { parseMessage, type ResticSummary } from './restic-output.js';
import type { ResticCall, ResticProgram } from './restic-program.js';
import { forgetSnapshots } from './snapshots.js';
import { marksOf } from './tags.js';

export interface BackupRun extends ProgramResult {
  readonly summary: ResticSummary | undefined;
  readonly redact: (text: string) => string;
}

/** One `restic backup`, with its progress. */
export async function runBackup(restic: ResticProgram, request: StoreRequest, call: Pick<ResticCall, 'args' | 'cwd' | 'env' | 'signal'>, progress: OnProgress): Promise<BackupRun> {
  let summary: ResticSummary | undefined;
  const lines = splitLines((line) => {
    const message = parseMessage(line);
    if (message?.message_type === 'status') progress({ bytes: message.bytes_done, text: `${formatBytes(message.bytes_done)} read` });
    if (message?.message_type === 'summary') summary = message;
  });
  const result = await restic.run({ ...call, args: ['backup', ...marksOf(request), ...call.args], length: 'long', onStdout: lines.take });
  lines.end();
  return { ...result, summary };
}

/**
 * Takes back a snapshot that turned out to be none, and throws why. When not even that can be done, a locked repository say, it still is no
 * backup: nobody was told its id, and `find` tells it to whoever cleans up.
 */
export async function withdraw(restic: ResticProgram, summary: ResticSummary | undefined, why: SlipwayError, signal: AbortSignal): Promise<never> {
  if (summary?.snapshot_id !== undefined) await forgetSnapshots(restic, [summary.snapshot_id], signal).catch(() => undefined);
  throw why;
}
