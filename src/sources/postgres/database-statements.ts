import pg from 'pg';
import type { DatabaseRow } from './database-row.js';
import { settingValues } from './setting-list.js';

const PROVIDERS: Readonly<Record<string, string>> = { c: 'libc', i: 'icu', b: 'builtin' };
const READ_ONLY = 'default_transaction_read_only';

/** An empty database that sorts, compares and encodes as the model does, and belongs to the same role. */
export function createStatement(name: string, model: DatabaseRow): string {
  const literal = (word: string, value: string | null) => (value === null ? [] : [`${word} ${pg.escapeLiteral(value)}`]);
  const provider = model.provider ?? 'c';
  return [
    `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE template0 OWNER ${pg.escapeIdentifier(model.owner)}`,
    // Naming the usual one asks for a right that who makes databases need not have.
    ...(model.tablespace === 'pg_default' ? [] : [`TABLESPACE ${pg.escapeIdentifier(model.tablespace)}`]),
    ...literal('ENCODING', model.encoding), ...literal('LC_COLLATE', model.collate), ...literal('LC_CTYPE', model.ctype),
    ...(provider === 'c' ? [] : [`LOCALE_PROVIDER ${PROVIDERS[provider] ?? provider}`]),
    ...(provider === 'i' ? [...literal('ICU_LOCALE', model.locale), ...literal('ICU_RULES', model.icuRules)] : []),
    ...(provider === 'b' ? literal('BUILTIN_LOCALE', model.locale) : []),
  ].join(' ');
}

/**
 * Neither a restore nor a rename carries over who may connect, the settings, the comment and the limit of a database: they are given to the copy
 * by these. Without them everybody may connect to what nobody could before.
 *
 * @param readOnlyBefore what the setting was before writes were stopped: the copy does not inherit that. undefined: they were not stopped.
 */
export function likenStatements(name: string, model: DatabaseRow, readOnlyBefore: string | null | undefined): readonly string[] {
  const database = pg.escapeIdentifier(name);
  return [
    ...rightStatements(database, model),
    ...model.settings.flatMap(({ role, values }) => {
      const altered = role === null ? `ALTER DATABASE ${database}` : `ALTER ROLE ${pg.escapeIdentifier(role)} IN DATABASE ${database}`;
      return values.flatMap((value) => settingStatement(altered, value, role === null ? readOnlyBefore : undefined));
    }),
    ...(model.comment === null ? [] : [`COMMENT ON DATABASE ${database} IS ${pg.escapeLiteral(model.comment)}`]),
    ...(model.connectionLimit === -1 ? [] : [`ALTER DATABASE ${database} CONNECTION LIMIT ${model.connectionLimit}`]),
  ];
}

function rightStatements(database: string, { rights, owner }: DatabaseRow): readonly string[] {
  if (rights === null) return [];
  const grants = rights.map(({ grantee, privilege, grantable }) =>
    `GRANT ${privilege} ON DATABASE ${database} TO ${grantee === null ? 'PUBLIC' : pg.escapeIdentifier(grantee)}${grantable ? ' WITH GRANT OPTION' : ''}`);
  return [`REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${pg.escapeIdentifier(owner)}`, ...grants];
}

function settingStatement(altered: string, setting: string, readOnlyBefore: string | null | undefined): readonly string[] {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(setting) ?? [];
  const kept = name === READ_ONLY && readOnlyBefore !== undefined ? readOnlyBefore : value;
  if (kept === null) return [];
  const values = settingValues(name, kept).map((one) => pg.escapeLiteral(one));
  const parameter = name.split('.').map((part) => pg.escapeIdentifier(part)).join('.');
  return [`${altered} SET ${parameter} = ${values.length === 0 ? "''" : values.join(', ')}`];
}
