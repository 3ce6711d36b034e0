import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';
import { createDisk, type Disk, syncPath } from '../files/disk.js';
import type { Exchange } from '../files/exchange.js';
import { createFileSource } from '../files/file-source.js';
import { likeLive } from '../files/like-live.js';
import { livePlace } from '../files/live-place.js';
import { placesBeside } from '../files/places.js';
import { createRenameExchange } from '../files/rename-exchange.js';
import type { Source, SourceContext } from '../source.js';
import { bringToRest, SIDES } from './bring-to-rest.js';
import { captureDatabase, integrityProblem } from './capture-database.js';
import { checkDatabase } from './check-database.js';
import { fingerprintDatabase } from './fingerprint-database.js';
import { createSqliteProgram, type SqliteProgram } from './sqlite-program.js';

export interface SqliteSourceOptions {
  /** As the definition calls it. */
  readonly name: string;
  /** Absolute: the file, or a link to it. */
  readonly path: string;
  readonly programs: Programs;
  /** Gets a copy of the database while it is backed up. */
  readonly stagingFolder: string;
  /** Of each run of the program. */
  readonly timeoutMs: number;
  /** @default sqlite3, 3.37 or newer, on the PATH */
  readonly program?: string;
  /** @default the file system of this host */
  readonly disk?: Disk;
}

/** A SQLite database, by the `sqlite3` program. It is swapped by renames, with what belongs to it, and only while nobody writes. */
export function createSqliteSource(options: SqliteSourceOptions): Source {
  const { name, path, programs, stagingFolder, timeoutMs, program = 'sqlite3', disk = createDisk() } = options;
  const sqlite = createSqliteProgram({ programs, program, timeoutMs });
  return createFileSource({
    kind: 'sqlite', what: `the SQLite file ${name}`, path, disk, programs,
    exchangeOf: (context) => exchangeOf(sqlite, disk, path, context),
    capture: (database, { run, signal }, use) => captureDatabase({ sqlite, database, stagingFolder, run, signal }, use),
    fingerprint: (database, side, { signal }) => fingerprintDatabase(sqlite, { database, open: side === 'copy' ? 'alone' : 'shared', signal }),
    async describeSwap() {
      const isThere = (await livePlace(disk, path)).kind !== null;
      return isThere ? { how: 'two renames', gap: 'for a moment between the two renames there is no database' } : { how: 'one rename', gap: null };
    },
    async finish({ part, copy, live }, { signal }) {
      const file = await theFile(part);
      await requireWhole(sqlite, file, signal);
      await likeLive(file, live, 0o644);
      await syncPath(file);
      await disk.rename(file, copy);
      await disk.remove(part);
    },
    checkByQuery: (query, copy, { signal }) => checkDatabase(sqlite, query, copy, signal),
  });
}

async function exchangeOf(sqlite: SqliteProgram, disk: Disk, path: string, { run, signal, stillOurs }: SourceContext): Promise<Exchange> {
  const { target, kind } = await livePlace(disk, path);
  if (kind !== 'file' && kind !== null) throw new SlipwayError('SOURCE_UNSUPPORTED', `${path} is no file.`);
  return createRenameExchange({
    disk, places: placesBeside(target, run), stillOurs, sides: SIDES,
    bringToRest: async (databases) => {
      const notes = [];
      for (const database of databases) notes.push(await bringToRest(sqlite, disk, database, signal));
      return notes.filter((note) => note !== '').join('; ');
    },
  });
}

async function requireWhole(sqlite: SqliteProgram, file: string, signal: AbortSignal): Promise<void> {
  const problem = await integrityProblem(sqlite, file, signal).catch((error: unknown) => {
    if (codeOf(error) === 'SOURCE_UNSUPPORTED') return messageOf(error);
    throw error;
  });
  if (problem !== undefined) throw new SlipwayError('RESTORE_FAILED', `What was restored is no whole database: ${problem}.`);
}

async function theFile(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const [entry] = entries;
  if (!entry?.isFile() || entries.length !== 1) throw new SlipwayError('RESTORE_FAILED', `The backup of a SQLite database is one file, and this one is ${entries.length} entries.`);
  return join(folder, entry.name);
}
