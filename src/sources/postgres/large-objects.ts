import type pg from 'pg';
import type { FingerprintItem } from '../../domain/backup/fingerprint.js';

/** A large object may be of terabytes: it is read in pieces, each hashed on the server. */
const PIECE_BYTES = 1_048_576;
const OBJECTS_A_QUERY = 1_000;

/** All large objects as one item: how many, and the sum of the hashes of their pieces. null: there are none. */
export async function largeObjectsItem(client: pg.Client, signal: AbortSignal): Promise<FingerprintItem | null> {
  const { rows } = await client.query<{ oid: string }>('SELECT oid::text FROM pg_largeobject_metadata ORDER BY pg_largeobject_metadata.oid');
  let sum = 0n;
  for (let from = 0; from < rows.length; from += OBJECTS_A_QUERY) {
    sum += await sumOf(client, rows.slice(from, from + OBJECTS_A_QUERY).map(({ oid }) => oid), signal);
  }
  return rows.length === 0 ? null : { kind: 'large-objects', count: String(rows.length), sum: String(sum) };
}

async function sumOf(client: pg.Client, oids: readonly string[], signal: AbortSignal): Promise<bigint> {
  let sum = 0n;
  let unread = oids;
  for (let offset = 0; unread.length > 0; offset += PIECE_BYTES) {
    signal.throwIfAborted();
    const { rows: [row] } = await client.query<{ sum: string; longer: string[] }>(PIECES, [unread, offset, PIECE_BYTES]);
    sum += BigInt(row?.sum ?? 0);
    unread = row?.longer ?? [];
  }
  return sum;
}

/** OFFSET 0 keeps each piece from being read twice. */
const PIECES = `
  SELECT coalesce(sum(hashtextextended(concat_ws(' ', oid, $2::text, encode(sha256(data), 'hex')) COLLATE "C", 0)::numeric), 0)::text AS sum,
    coalesce(array_agg(oid::text) FILTER (WHERE length(data) = $3), '{}') AS longer
  FROM (SELECT oid, lo_get(oid, $2::bigint, $3) AS data FROM unnest($1::oid[]) AS o(oid) OFFSET 0) piece`;
