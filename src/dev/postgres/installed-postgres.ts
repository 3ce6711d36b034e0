import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { SlipwayError } from '../../domain/errors.js';
import type { PostgresBinaries } from './binaries.js';

export interface InstalledPostgres {
  readonly binaries: PostgresBinaries;
  /** As the server says it: `15.18`. */
  readonly version: string;
}

/** Debian's and its like. */
const INSTALLED = '/usr/lib/postgresql';
const NEEDED = ['initdb', 'postgres', 'pg_dump', 'pg_restore'] as const;
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * The newest PostgreSQL of this machine that has a server and the client programs of backups.
 *
 * @param installed holds one folder a version
 * @throws PROGRAM_MISSING naming what was looked for and where
 */
export async function installedPostgres(env: NodeJS.ProcessEnv, installed = INSTALLED): Promise<InstalledPostgres> {
  const versions = await readdir(installed).catch((): string[] => []);
  const byVersion = versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(installed, version, 'bin'));
  const folders = [...byVersion, ...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')];
  for (const folder of folders) {
    const version = await versionIn(folder);
    if (version !== undefined) return { version, binaries: { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres'), locale: ['--locale=C.UTF-8'] } };
  }
  throw new SlipwayError(
    'PROGRAM_MISSING',
    `PostgreSQL with its client programs (${NEEDED.join(', ')}) was found neither in ${installed}/*/bin nor in one folder of PATH. `
      + 'Install it, for example with `apt-get install postgresql`; the server that it starts by itself is not used and may be stopped.',
  );
}

/** Of the server, when all of its programs run. */
async function versionIn(folder: string): Promise<string | undefined> {
  try {
    const outputs = await Promise.all(NEEDED.map((program) => promisify(execFile)(join(folder, program), ['--version'], { timeout: ANSWER_TIMEOUT_MS })));
    return /\(PostgreSQL\) (\d[.\w]*)/.exec(outputs[1]?.stdout ?? '')?.[1];
  } catch {
    return undefined;
  }
}
