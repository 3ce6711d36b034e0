import type { Captured, SourceContext } from '../source.js';
import { clientEnvironment } from './client-environment.js';
import { clientPrograms } from './client-programs.js';
import { fingerprintDatabase } from './fingerprint-database.js';
import { openPlace, type PostgresSourceOptions } from './postgres-place.js';
import { withSession } from './session.js';
import { keepOpen, openSnapshot, proveShared } from './snapshot.js';

/** For somebody who holds a table locked. */
const LOCK_WAIT = '60s';

/** A dump and a fingerprint of one and the same snapshot, which stays open until `use` has ended. */
export async function captureDatabase<T>(options: PostgresSourceOptions, context: SourceContext, use: (captured: Captured) => Promise<T>): Promise<T> {
  const { live } = await openPlace(options);
  const outcome = await withSession(live, { signal: context.signal }, async (client) => {
    const snapshot = await openSnapshot(client);
    const { dump } = await clientPrograms({ programs: options.programs, folders: options.clients, serverMajor: snapshot.serverMajor, signal: context.signal });
    await proveShared(live, snapshot, context.signal);
    const fingerprint = await fingerprintDatabase(client, context);
    const stop = keepOpen(client);
    try {
      // Of whatever kind its failure is, it is none of this connection.
      return await settled(use({
        fingerprint, at: snapshot.at, unchanged: async () => undefined,
        content: {
          kind: 'stream', name: dumpName(options.name), env: clientEnvironment(live),
          command: [dump, '--format=custom', '--compress=0', `--snapshot=${snapshot.id}`, '--no-password', `--lock-wait-timeout=${LOCK_WAIT}`],
        },
      }));
    } finally {
      stop();
    }
  });
  return outcome();
}

/** The name of the dump among the files of a backup. */
export function dumpName(source: string): string {
  return `${source}.dump`;
}

async function settled<T>(work: Promise<T>): Promise<() => T> {
  try {
    const value = await work;
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
