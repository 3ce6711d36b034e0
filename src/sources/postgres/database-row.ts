import type pg from 'pg';

/** What PostgreSQL keeps about a database outside of it. */
export interface DatabaseRow {
  readonly oid: string;
  readonly name: string;
  readonly owner: string;
  readonly encoding: string;
  readonly collate: string | null;
  readonly ctype: string | null;
  /** `c` of the operating system, `i` ICU, `b` built in. */
  readonly provider: string | null;
  /** Of ICU or built in. */
  readonly locale: string | null;
  readonly icuRules: string | null;
  readonly tablespace: string;
  readonly connectionLimit: number;
  readonly comment: string | null;
  /** null: as PostgreSQL gives them to every new one. */
  readonly rights: readonly DatabaseRight[] | null;
  readonly settings: readonly DatabaseSettings[];
}

interface DatabaseRight {
  /** null: everybody. */
  readonly grantee: string | null;
  readonly privilege: string;
  readonly grantable: boolean;
}

interface DatabaseSettings {
  /** null: of everybody in this database. */
  readonly role: string | null;
  /** `name=value` */
  readonly values: readonly string[];
}

/** Columns that only some versions have are read by name out of the whole row. */
export async function readDatabase(client: pg.Client, name: string): Promise<DatabaseRow | undefined> {
  const { rows: [row] } = await client.query<DatabaseRow>(`
    SELECT d.oid::text, d.datname AS name, pg_get_userbyid(d.datdba) AS owner, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate, d.datctype AS ctype,
      to_jsonb(d)->>'datlocprovider' AS provider, coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') AS locale, to_jsonb(d)->>'daticurules' AS "icuRules",
      t.spcname AS tablespace, d.datconnlimit AS "connectionLimit", shobj_description(d.oid, 'pg_database') AS comment,
      CASE WHEN d.datacl IS NOT NULL THEN (
        SELECT coalesce(jsonb_agg(jsonb_build_object('grantee', r.rolname, 'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]') FROM aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
      ) END AS rights,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('role', r.rolname, 'values', s.setconfig)), '[]')
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = d.oid) AS settings
    FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = $1`, [name]);
  return row;
}
