import pg from 'pg';
import type { Fingerprint, FingerprintItem } from '../../domain/backup/fingerprint.js';
import type { SourceContext } from '../source.js';
import { describeDatabase } from './describe-database.js';
import { largeObjectsItem } from './large-objects.js';
import { listRelations, type Relation, shownName } from './relations.js';

/** Whatever changes how a value looks as text must be the same whenever two are compared. */
const SAME_TEXT = `SELECT set_config(name, value, true) FROM (VALUES
  ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('bytea_output', 'hex'), ('extra_float_digits', '1'),
  ('lc_monetary', 'C'), ('xmlbinary', 'base64'), ('quote_all_identifiers', 'off'), ('search_path', 'pg_catalog')
) v(name, value)`;

const SEQUENCES_A_QUERY = 100;

/** What the database of this connection holds, as its open transaction sees it. Rows are counted and their hashes summed, so that order does not count. */
export async function fingerprintDatabase(client: pg.Client, { progress, signal }: SourceContext): Promise<Fingerprint> {
  await client.query(SAME_TEXT);
  const relations = await listRelations(client);
  const tables = relations.filter(({ kind, ofExtension }) => kind === 'r' && !ofExtension);
  const items: [string, FingerprintItem][] = [];
  for (const [index, table] of tables.entries()) {
    signal.throwIfAborted();
    progress(`fingerprint of table ${index + 1} of ${tables.length}: ${shownName(table)}`);
    items.push([shownName(table), await tableItem(client, table)]);
  }
  const objects = await largeObjectsItem(client, signal);
  const sequences = await sequenceItems(client, relations.filter(({ kind, ofExtension }) => kind === 'S' && !ofExtension));
  return {
    items: Object.fromEntries([...items, ...sequences, ...(objects ? [['large objects', objects] as const] : [])]),
    about: { ...(await describeDatabase(client)), ...leftOut(relations) },
  };
}

async function tableItem(client: pg.Client, table: Relation): Promise<FingerprintItem> {
  // `(t.*)` is the row even where a column is called t; ONLY, as the rows of a child are counted with the child.
  const { rows: [row] } = await client.query<{ count: string; sum: string }>(`
    SELECT count(*)::text AS count, coalesce(sum(hashtextextended((t.*)::text COLLATE "C", 0)::numeric), 0)::text AS sum FROM ONLY ${quoted(table)} AS t`);
  return { kind: 'table', count: row?.count ?? null, sum: row?.sum ?? null };
}

async function sequenceItems(client: pg.Client, sequences: readonly Relation[]): Promise<[string, FingerprintItem][]> {
  const items: [string, FingerprintItem][] = [];
  for (let from = 0; from < sequences.length; from += SEQUENCES_A_QUERY) {
    const batch = sequences.slice(from, from + SEQUENCES_A_QUERY);
    const values = batch.map((sequence, index) => `SELECT ${index} AS index, last_value::numeric AS last, is_called FROM ${quoted(sequence)}`);
    const { rows } = await client.query<{ index: number; last: string; is_called: boolean }>(`SELECT index, last::text, is_called FROM (${values.join(' UNION ALL ')}) s`);
    for (const { index, last, is_called: called } of rows) {
      const sequence = batch[index];
      if (sequence) items.push([shownName(sequence), { kind: 'sequence', count: String(called ? BigInt(last) : BigInt(last) - BigInt(sequence.step ?? 1)), sum: sequence.step }]);
    }
  }
  return items;
}

const NAMED_AT_MOST = 20;

/** What a dump does not hold the content of, so that nobody looks for it in vain. */
function leftOut(relations: readonly Relation[]): Fingerprint['about'] {
  const named = (which: (relation: Relation) => boolean) => {
    const names = relations.filter(which).map(shownName).sort();
    return names.length > NAMED_AT_MOST ? [...names.slice(0, NAMED_AT_MOST), `and ${names.length - NAMED_AT_MOST} more`] : names;
  };
  const kinds = {
    foreignTables: named(({ kind, ofExtension }) => kind === 'f' && !ofExtension),
    materializedViews: named(({ kind, ofExtension }) => kind === 'm' && !ofExtension),
    tablesOfExtensions: named(({ kind, ofExtension }) => kind === 'r' && ofExtension),
  };
  const there = Object.entries(kinds).filter(([, names]) => names.length > 0);
  return there.length === 0 ? {} : { notCompared: Object.fromEntries(there) };
}

function quoted({ schema, name }: Relation): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}
