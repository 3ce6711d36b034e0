import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import { hashFile } from '../files/hash-file.js';
import { withStaging } from '../files/staging.js';
import type { Captured } from '../source.js';
import { fingerprintDatabase } from './fingerprint-database.js';
import type { SqliteProgram } from './sqlite-program.js';

/** The same in all backups, whatever the file is called. */
const FILE = 'database.sqlite';

export interface Capturing {
  readonly sqlite: SqliteProgram;
  readonly database: string;
  /** Gets a copy of the database for a while. */
  readonly stagingFolder: string;
  readonly run: string;
  readonly signal: AbortSignal;
}

/** A copy of one instant is made first, so that writers go on while it is stored. */
export function captureDatabase<T>({ sqlite, database, stagingFolder, run, signal }: Capturing, use: (captured: Captured) => Promise<T>): Promise<T> {
  return withStaging(stagingFolder, run, async (staging) => {
    const copy = join(staging, FILE);
    const at = await copyDatabase(sqlite, { database, staging, signal });
    const problem = await integrityProblem(sqlite, copy, signal);
    if (problem !== undefined) throw new SlipwayError('SOURCE_UNSUPPORTED', `${database} is damaged, so a backup of it would be: ${problem}.`);
    const { sha256, bytes } = await hashFile(copy, { signal });
    return use({
      fingerprint: await fingerprintDatabase(sqlite, { database: copy, open: 'alone', signal }), at,
      content: { kind: 'tree', root: staging, manifest: { files: { [FILE]: { kind: 'file', bytes, sha256 } } } },
      unchanged: async () => undefined,
    });
  });
}

/** What the program's own check finds; undefined: nothing. */
export async function integrityProblem(sqlite: SqliteProgram, database: string, signal: AbortSignal): Promise<string | undefined> {
  const said = (await sqlite.run({ database, open: 'alone', signal, script: 'PRAGMA integrity_check(10);' })).trim();
  return said === 'ok' ? undefined : said.slice(0, 1_000);
}

/** @returns the instant the copy is of, RFC 3339 */
async function copyDatabase(sqlite: SqliteProgram, { database, staging, signal }: { readonly database: string; readonly staging: string; readonly signal: AbortSignal }): Promise<string> {
  const place = { database, open: 'shared' as const, signal, cwd: staging };
  const mode = (await sqlite.run({ ...place, script: 'PRAGMA journal_mode;' })).trim();
  if (mode !== 'wal') {
    // Begins anew whenever somebody writes, and so never holds writers up for long.
    await sqlite.run({ ...place, script: `.backup ${FILE}` });
    return new Date().toISOString();
  }
  // Writers go on beside a reader, so one transaction spares beginning anew.
  const at = new Date().toISOString();
  await sqlite.run({ ...place, script: `BEGIN;\nSELECT count(*) FROM sqlite_schema;\n.backup ${FILE}\nCOMMIT;` });
  return at;
}
