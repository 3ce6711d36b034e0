import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';
import { checkByCommand } from '../check-by-command.js';
import { copyMissing } from '../files/copy-missing.js';
import { createDisk, type Disk } from '../files/disk.js';
import type { Exchange, Exchanged } from '../files/exchange.js';
import { withFileFaults } from '../files/file-fault.js';
import { likeLive } from '../files/like-live.js';
import { livePlace } from '../files/live-place.js';
import { placesBeside } from '../files/places.js';
import { createRenameExchange } from '../files/rename-exchange.js';
import type { Source, SourceContext, SwapResult } from '../source.js';
import { bringToRest, SIDES } from './bring-to-rest.js';
import { captureDatabase, integrityProblem } from './capture-database.js';
import { checkDatabase } from './check-database.js';
import { fingerprintDatabase } from './fingerprint-database.js';
import { createSqliteProgram } from './sqlite-program.js';

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

  async function exchangeOf({ run, signal }: SourceContext): Promise<Exchange> {
    const { target, kind } = await livePlace(disk, path);
    if (kind !== 'file' && kind !== null) throw new SlipwayError('SOURCE_UNSUPPORTED', `${path} is no file.`);
    return createRenameExchange({
      disk, places: placesBeside(target, run), sides: SIDES,
      bringToRest: async (databases) => {
        const notes = [];
        for (const database of databases) notes.push(await bringToRest(sqlite, disk, database, signal));
        return notes.filter((note) => note !== '').join('; ');
      },
    });
  }

  async function act<T>(doing: string, context: SourceContext, work: (exchange: Exchange) => Promise<T>, otherwise: 'SWAP_FAILED' | 'RESTORE_FAILED' | 'SOURCE_REFUSED' = 'SOURCE_REFUSED'): Promise<T> {
    context.signal.throwIfAborted();
    return withFileFaults(`${doing} of ${path}`, otherwise, async () => work(await exchangeOf(context)));
  }

  async function swapping(doing: string, context: SourceContext, work: (exchange: Exchange) => Promise<Exchanged>): Promise<SwapResult> {
    return act(doing, context, async (exchange) => {
      const beganAt = performance.now();
      return { ...(await work(exchange)), tookMs: performance.now() - beganAt };
    }, 'SWAP_FAILED');
  }

  return {
    kind: 'sqlite',
    async capture(context, use) {
      const database = await act('A backup', context, (exchange) => exchange.locate('live'));
      return captureDatabase({ sqlite, database, staging: join(stagingFolder, `${context.run}-sqlite`), signal: context.signal }, use);
    },
    fingerprint: (side, context) => act('A fingerprint', context, async (exchange) =>
      fingerprintDatabase(sqlite, { database: await exchange.locate(side), open: side === 'copy' ? 'alone' : 'shared', signal: context.signal })),
    describeSwap: () => withFileFaults(`The plan for ${path}`, 'SOURCE_REFUSED', async () => {
      const isThere = (await livePlace(disk, path)).kind !== null;
      return { how: isThere ? 'two renames' : 'one rename', gap: isThere ? 'for a moment between the two renames there is no database' : null, needsQuiesce: true };
    }),
    prepareCopy: (context) => act('A restore', context, async (exchange) => {
      await exchange.requireNotSwapped();
      await exchange.dropCopy();
      await disk.makeFolder(exchange.places.part);
      return { folder: exchange.places.part };
    }, 'RESTORE_FAILED'),
    fillCopy: (context) => act('A restore', context, async (exchange) => {
      const { places } = exchange;
      await exchange.requireNotSwapped();
      if ((await disk.kindOf(places.part)) !== 'folder') {
        if ((await disk.kindOf(places.copy)) === null) throw copyMissing(places.part);
        return;
      }
      const file = await theFile(places.part);
      await requireWhole(file, context.signal);
      await likeLive(file, places.live, 0o644);
      await syncFile(file);
      await disk.rename(file, places.copy);
      await disk.remove(places.part);
    }, 'RESTORE_FAILED'),
    check: (checks, context) => act('A check', context, async (exchange) => {
      const copy = await exchange.locate('copy');
      const outcomes = [];
      for (const [check, spec] of Object.entries(checks)) {
        const outcome = spec.kind === 'query' ? await checkDatabase(sqlite, spec, copy, context.signal) : await checkByCommand(spec, { copy, programs, signal: context.signal });
        outcomes.push({ name: check, ...outcome });
      }
      return outcomes;
    }),
    async quiesce() {
      throw new SlipwayError('QUIESCE_UNSUPPORTED', `Nothing but a command of yours can stop the writers of the SQLite file ${name}.`);
    },
    unquiesce: async () => undefined,
    swap: (context) => swapping('A swap', context, (exchange) => exchange.swap()),
    swapBack: (context) => swapping('A swap back', context, (exchange) => exchange.swapBack()),
    dropOld: (context) => act('Dropping what was replaced', context, (exchange) => exchange.dropOld()),
    dropCopy: (context) => act('Dropping the copy', context, (exchange) => exchange.dropCopy()),
  };

  async function requireWhole(file: string, signal: AbortSignal): Promise<void> {
    const problem = await integrityProblem(sqlite, file, signal).catch((error: unknown) => {
      if (codeOf(error) === 'SOURCE_UNSUPPORTED') return messageOf(error);
      throw error;
    });
    if (problem !== undefined) throw new SlipwayError('RESTORE_FAILED', `What was restored is no whole database: ${problem}.`);
  }
}

async function theFile(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const [entry] = entries;
  if (!entry?.isFile() || entries.length !== 1) throw new SlipwayError('RESTORE_FAILED', `The backup of a SQLite database is one file, and this one is ${entries.length} entries.`);
  return join(folder, entry.name);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
