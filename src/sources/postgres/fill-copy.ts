import pg from 'pg';
import { SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { clientPrograms } from './client-programs.js';
import { createStatement, likenStatements } from './database-statements.js';
import { readDatabase } from './database-row.js';
import { openPlace, type PostgresPlace, type PostgresSourceOptions } from './postgres-place.js';
import { readOnlyBefore } from './read-only.js';
import { dumpIn, restoreDump } from './restore-dump.js';
import { dropDatabase, endSessions } from './run-databases.js';
import { runNames } from './run-names.js';
import { atDatabase } from './server-address.js';
import { withSession } from './session.js';

const WATCH_MS = 2_000;

/** The program that can fill databases of this server. @throws what `clientPrograms` throws */
export async function restoreProgram(options: PostgresSourceOptions, { signal }: SourceContext): Promise<string> {
  const { admin } = await openPlace(options);
  return withSession(admin, { signal, otherwise: 'RESTORE_FAILED' }, async (client) => {
    const { rows: [server] } = await client.query<{ major: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS major`);
    const { restore } = await clientPrograms({ programs: options.programs, folders: options.clients, serverMajor: server?.major ?? 0, signal });
    return restore;
  });
}

interface Dump {
  readonly folder: string;
  /** Its `pg_restore`. */
  readonly program: string;
}

/** A new database from the dump in the folder. It gets the copy's name when it is complete, so that no half of one can be taken for it. */
export async function fillCopy(options: PostgresSourceOptions, { folder, program }: Dump, context: SourceContext): Promise<void> {
  const place = await openPlace(options);
  const names = runNames(place.live.database, context.run);
  await withSession(place.admin, { signal: context.signal, otherwise: 'RESTORE_FAILED' }, async (admin) => {
    for (const name of [names.filling, names.copy]) await dropDatabase(admin, name);
    const file = await dumpIn(folder, options.name);
    const model = await readDatabase(admin, names.live);
    if (!model) throw new SlipwayError('SOURCE_MISSING', `There is no database ${JSON.stringify(names.live)} whose copy could be made beside it. Create an empty one of that name, with its owner, to restore into.`);
    await admin.query(createStatement(names.filling, model));
    try {
      await restore(options, place, { admin, program, file, into: names.filling }, context);
      await analyze(place, names.filling, context);
      for (const statement of likenStatements(names.filling, model, await readOnlyBefore(admin, model.oid))) await admin.query(statement);
      await endSessions(admin, [names.filling]);
      await admin.query(`ALTER DATABASE ${pg.escapeIdentifier(names.filling)} RENAME TO ${pg.escapeIdentifier(names.copy)}`);
    } catch (error) {
      // What is left of it takes room; another attempt drops it too.
      if (!context.signal.aborted) await dropDatabase(admin, names.filling).catch(() => undefined);
      throw error;
    }
  });
}

interface Filling {
  readonly admin: pg.Client;
  readonly program: string;
  readonly file: string;
  readonly into: string;
}

async function restore(options: PostgresSourceOptions, place: PostgresPlace, { admin, program, file, into }: Filling, { signal, progress }: SourceContext): Promise<void> {
  const tell = async () => {
    const { rows: [size] } = await admin.query<{ size: string }>('SELECT pg_size_pretty(pg_database_size($1::name)) AS size', [into]);
    progress(`restored so far: ${size?.size}`);
  };
  const timer = setInterval(() => void tell().catch(() => undefined), WATCH_MS);
  try {
    await restoreDump({ programs: options.programs, restore: program, into: atDatabase(place.admin, into), file, timeoutMs: options.programTimeoutMs, signal });
  } finally {
    clearInterval(timer);
  }
}

/** Without statistics the first queries after the swap would be planned blindly. */
async function analyze({ admin }: PostgresPlace, database: string, { signal, progress }: SourceContext): Promise<void> {
  progress('gathering statistics');
  await withSession(atDatabase(admin, database), { signal, otherwise: 'RESTORE_FAILED' }, (client) => client.query('ANALYZE'));
}
