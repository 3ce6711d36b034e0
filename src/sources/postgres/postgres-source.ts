import type { Fingerprint } from '../../domain/backup/fingerprint.js';
import { codeOf, SlipwayError } from '../../domain/errors.js';
import { withStaging } from '../files/staging.js';
import type { Side, Source, SourceContext } from '../source.js';
import { captureDatabase } from './capture-database.js';
import { fillCopy, restoreProgram } from './fill-copy.js';
import { fingerprintDatabase } from './fingerprint-database.js';
import { openPlace, type PostgresSourceOptions } from './postgres-place.js';
import { allowWrites, stopWrites } from './read-only.js';
import { runChecks } from './run-checks.js';
import { databaseExists, dropDatabase } from './run-databases.js';
import { forgetSwap } from './run-log.js';
import { runNames } from './run-names.js';
import { atDatabase } from './server-address.js';
import { withSession } from './session.js';
import { beginReading } from './snapshot.js';
import { swapDatabases, swapDatabasesBack } from './swap-databases.js';

export type { PostgresSourceOptions } from './postgres-place.js';

/**
 * A PostgreSQL database, dumped with the client programs of its server's version and brought back beside the live one. Passwords reach those
 * programs by their environment only.
 *
 * The administrator keeps two small tables, `slipway_swaps` and `slipway_read_only`, in the database of `adminUrl`.
 */
export function createPostgresSource(options: PostgresSourceOptions): Source {
  return {
    kind: 'postgres',
    capture: (context, use) => captureDatabase(options, context, use),
    fingerprint: (side, context) => fingerprintSide(options, side, context),
    describeSwap: async () => ({
      how: 'one transaction',
      gap: 'connections are ended once, and new ones wait or are refused for as long as the two names change, usually less than 0.3 s; clients that reconnect come back by themselves',
    }),
    fillCopy: async (context, fetch) => {
      // First: without it the bytes would be fetched in vain.
      const program = await restoreProgram(options, context);
      await withStaging(options.stagingFolder, context.run, async (folder) => {
        await fetch(folder);
        await fillCopy(options, { folder, program }, context);
      });
    },
    check: async (checks, context) => {
      const { live } = await openPlace(options);
      const copy = atDatabase(live, runNames(live.database, context.run).copy);
      return asCopy(copy.database, () => runChecks(checks, { copy, live, programs: options.programs }, context));
    },
    quiesce: async (context) => stopWrites(await openPlace(options), context),
    unquiesce: async (context) => allowWrites(await openPlace(options), context),
    swap: async (context) => swapDatabases(await openPlace(options), context),
    swapBack: async (context) => swapDatabasesBack(await openPlace(options), context),
    dropOld: (context) => drop(options, ['filling', 'copy', 'old'], context),
    dropCopy: (context) => drop(options, ['filling', 'copy'], context),
  };
}

async function fingerprintSide(options: PostgresSourceOptions, side: Side, context: SourceContext): Promise<Fingerprint> {
  const { live } = await openPlace(options);
  const name = runNames(live.database, context.run)[side];
  const read = () => withSession(atDatabase(live, name), { signal: context.signal }, async (client) => {
    await beginReading(client);
    return fingerprintDatabase(client, context);
  });
  return side === 'live' ? read() : asCopy(name, read);
}

async function asCopy<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (codeOf(cause) !== 'SOURCE_MISSING') throw cause;
    throw new SlipwayError('COPY_MISSING', `There is no database ${JSON.stringify(name)}.`, { cause });
  }
}

async function drop(options: PostgresSourceOptions, what: readonly ('filling' | 'copy' | 'old')[], context: SourceContext): Promise<void> {
  const { live, admin } = await openPlace(options);
  const names = runNames(live.database, context.run);
  await withSession(admin, { signal: context.signal, otherwise: 'SOURCE_REFUSED' }, async (client) => {
    await context.stillOurs();
    for (const which of what) await dropDatabase(client, names[which]);
    if (!(await databaseExists(client, names.old))) await forgetSwap(client, context.run);
  });
  // A database that was dropped leaves its row behind, should nobody have allowed writes again.
  if (what.includes('old')) await allowWrites({ live, admin }, context);
}
