import type { Fingerprint, FingerprintItem } from '../../domain/backup/fingerprint.js';
import { SlipwayError } from '../../domain/errors.js';
import type { SqliteProgram, SqliteRequest } from './sqlite-program.js';

type Place = Pick<SqliteRequest, 'database' | 'open' | 'signal'>;

/**
 * Rows and a SHA3-256 of the content of every table, in the order in which they lie, which is kept with the file; and of the schema, which is a
 * table too and holds views, indexes and triggers. Tables of extensions are proven by the tables they are made of.
 */
export async function fingerprintDatabase(sqlite: SqliteProgram, place: Place): Promise<Fingerprint> {
  const names = ['sqlite_schema', ...await tableNames(sqlite, place)];
  const lines = (await sqlite.run({ ...place, script: transaction(names.map(sumOf)) })).split('\n').filter((line) => line !== '');
  const items = names.map((name, index): [string, FingerprintItem] => [name, itemOf(lines[index])]);
  return { items: Object.fromEntries(items), about: await aboutDatabase(sqlite, place) };
}

/** As hexadecimal digits: a name may hold whatever separates two of them. */
async function tableNames(sqlite: SqliteProgram, place: Place): Promise<readonly string[]> {
  const listed = await sqlite.run({ ...place, script: "SELECT hex(name) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name;" });
  return listed.split('\n').filter((line) => line !== '').map((hex) => Buffer.from(hex, 'hex').toString('utf8'));
}

function sumOf(name: string): string {
  const table = `"${name.replaceAll('"', '""')}"`;
  return `SELECT count(*) || ' ' || lower(hex(sha3_query(${quoted(`SELECT * FROM ${table} NOT INDEXED`)}, 256))) FROM ${table};`;
}

function itemOf(line: string | undefined): FingerprintItem {
  const [, count, sum] = /^(\d+) ([0-9a-f]{64})$/.exec(line ?? '') ?? [];
  if (count === undefined || sum === undefined) throw new SlipwayError('PRODUCER_FAILED', `sqlite3 gave no sum of a table, but ${JSON.stringify(line?.slice(0, 100))}.`);
  return { kind: 'table', count, sum };
}

async function aboutDatabase(sqlite: SqliteProgram, place: Place): Promise<Fingerprint['about']> {
  const script = 'PRAGMA encoding; PRAGMA page_size; PRAGMA user_version; PRAGMA application_id;';
  const [encoding = '', pageBytes, userVersion, applicationId] = (await sqlite.run({ ...place, script })).trim().split('\n');
  return { encoding, pageBytes: Number(pageBytes), userVersion: Number(userVersion), applicationId: Number(applicationId) };
}

function transaction(statements: readonly string[]): string {
  return ['BEGIN;', ...statements, 'COMMIT;'].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
