import type pg from 'pg';
import { SlipwayError } from '../../domain/errors.js';
import { withSession } from './session.js';
import type { ServerAddress } from './server-address.js';

export interface Snapshot {
  /** For `pg_dump --snapshot`. */
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly serverMajor: number;
}

/** The oldest server whose functions are all there. */
const OLDEST_SERVER = 13;
/** So that nothing between us and the server takes the connection for a dead one. */
const KEEP_ALIVE_MS = 20_000;

/** Begins to read the database of this connection at one instant, which others may share until the transaction ends. */
export async function openSnapshot(client: pg.Client): Promise<Snapshot> {
  await beginReading(client);
  const { rows: [row] } = await client.query<{ id: string; at: Date; version: string }>(
    `SELECT pg_export_snapshot() AS id, clock_timestamp() AS at, current_setting('server_version_num') AS version`);
  if (!row) throw new SlipwayError('SOURCE_UNREACHABLE', 'PostgreSQL gave no snapshot.');
  return { id: row.id, at: row.at.toISOString(), serverMajor: Math.floor(Number(row.version) / 10_000) };
}

/** @throws SOURCE_UNSUPPORTED for a server that is too old */
export async function beginReading(client: pg.Client): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows: [row] } = await client.query<{ version: string }>(`SELECT current_setting('server_version_num') AS version`);
  if (Number(row?.version) >= OLDEST_SERVER * 10_000) return;
  throw new SlipwayError('SOURCE_UNSUPPORTED', `The server is older than PostgreSQL ${OLDEST_SERVER}: its number is ${row?.version}.`);
}

/**
 * Whether another connection to the same address can share the snapshot, as a dump must.
 *
 * @throws SOURCE_UNSUPPORTED when a pooler sends the two to different servers or sessions
 */
export async function proveShared(address: ServerAddress, snapshot: Snapshot, signal: AbortSignal): Promise<void> {
  await withSession(address, { signal, otherwise: 'SOURCE_UNSUPPORTED' }, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    try {
      await client.query(`SET TRANSACTION SNAPSHOT '${snapshot.id}'`);
    } catch (cause) {
      throw new SlipwayError('SOURCE_UNSUPPORTED', `A second connection cannot read the snapshot of the first, so something between here and PostgreSQL spreads connections. Let the source's url name PostgreSQL itself, not a pooler. ${String(cause)}`, { cause });
    }
  });
}

/** Keeps the transaction of an open snapshot alive while others use it. @returns what ends that */
export function keepOpen(client: pg.Client): () => void {
  const beat = () => void client.query('SELECT 1').catch(() => undefined);
  const timer = setInterval(beat, KEEP_ALIVE_MS);
  return () => clearInterval(timer);
}
