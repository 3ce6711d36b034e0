import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import type { ProgramResult, Programs } from '../../programs/programs.js';
import { dumpName } from './capture-database.js';
import { clientEnvironment, databaseArgument } from './client-environment.js';
import type { ServerAddress } from './server-address.js';

const JOBS = 2;
const DAY_MS = 86_400_000;
const SAID_BYTES = 2_048;

/** Fills an empty database from a dump. @throws RESTORE_FAILED, STAGING_FULL */
export async function restoreDump(request: {
  readonly programs: Programs; readonly restore: string; readonly into: ServerAddress; readonly file: string; readonly timeoutMs: number | undefined; readonly signal: AbortSignal;
}): Promise<void> {
  const { programs, restore, into, file, timeoutMs = DAY_MS, signal } = request;
  const result = await programs.run({
    command: [restore, '--exit-on-error', `--jobs=${JOBS}`, '--no-password', `--dbname=${databaseArgument(into.database)}`, file],
    env: clientEnvironment(into), timeoutMs, signal,
  });
  if (result.exitCode !== 0) throw failed(result);
}

/** The dump among the files of a backup: that of this source, or the only one, should the source have had another name. @throws RESTORE_FAILED */
export async function dumpIn(folder: string, source: string): Promise<string> {
  const dumps = (await readdir(folder).catch((): string[] => [])).filter((file) => file.endsWith('.dump'));
  const [file] = dumps.includes(dumpName(source)) ? [dumpName(source)] : dumps;
  if (file === undefined || (dumps.length > 1 && file !== dumpName(source))) {
    throw new SlipwayError('RESTORE_FAILED', `The backup holds ${dumps.length} dumps and none called ${dumpName(source)}: it is none of a PostgreSQL source of this name.`);
  }
  return join(folder, file);
}

function failed({ exitCode, stderr }: ProgramResult): SlipwayError {
  const said = withoutData(stderr);
  if (/No space left on device|could not extend file/.test(said)) return new SlipwayError('STAGING_FULL', `There is no room for the copy beside the live database. pg_restore said: ${said}`);
  return new SlipwayError('RESTORE_FAILED', `pg_restore ended with ${exitCode}. It said: ${said}`);
}

/** Details and contexts hold rows: those belong in no error and no history. */
function withoutData(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^pg_restore:|^(ERROR|HINT|FATAL)/.test(line));
  return Buffer.from(lines.join('\n')).subarray(-SAID_BYTES).toString().trim() || 'nothing';
}
