import type pg from 'pg';

export interface Relation {
  readonly schema: string;
  readonly name: string;
  /** `r` table or partition, `S` sequence, `m` materialized view, `f` foreign table. */
  readonly kind: 'r' | 'S' | 'm' | 'f';
  /** Belongs to an extension, which brings its content along when it is created anew. */
  readonly ofExtension: boolean;
  /** Of a sequence. */
  readonly step: string | null;
}

/** What a dump holds data of, or leaves out and is to be named: biggest first, so that progress is even. */
export async function listRelations(client: pg.Client): Promise<readonly Relation[]> {
  const { rows } = await client.query<Relation>(`
    SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind, s.seqincrement::text AS step,
      EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') AS "ofExtension"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE c.relkind IN ('r', 'S', 'm', 'f') AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    ORDER BY c.relpages DESC, n.nspname, c.relname`);
  return rows;
}

/** For people and as the item of a fingerprint; quoted where two names could look the same. */
export function shownName({ schema, name }: Pick<Relation, 'schema' | 'name'>): string {
  return [schema, name].map((part) => (/^[a-z_][a-z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join('.');
}
