import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceScene } from '../../src/sources/contract/scene.js';
import { createSqliteSource } from '../../src/sources/sqlite/sqlite-source.js';
import { freePrograms } from './free-programs.js';
import { whenInstalled } from './programs.js';

export type Mode = 'wal' | 'delete';

export interface DatabaseScene extends SourceScene {
  readonly path: string;
  readonly around: string;
  sql(statements: string, file?: string): string;
  /** Another process that has the database open. */
  hold(statements: string): Promise<ChildProcessWithoutNullStreams>;
}

/** @param mode the journal's @param file its name */
export async function sqliteScene(mode: Mode, file = `it's "a" 100%?#.db`): Promise<DatabaseScene> {
  const around = await mkdtemp(join(tmpdir(), 'slipway-sqlite-'));
  const [path, scratch, stagingFolder] = [join(around, file), join(around, 'scratch'), join(around, 'staging')];
  await mkdir(scratch);
  const sql = (statements: string, database = path) => execFileSync('sqlite3', ['-batch', '-bail', '-noheader', database], { input: `.timeout 5000\n${statements}\n`, encoding: 'utf8' });
  sql(`PRAGMA journal_mode=${mode}; CREATE TABLE orders (key TEXT PRIMARY KEY, at); CREATE TABLE lines (a, b BLOB); INSERT INTO lines VALUES (1, x'00ff'), (NULL, 2.5);`);
  const held: ChildProcessWithoutNullStreams[] = [];
  const copy = async (run: string) => join(around, (await readdir(around)).find((name) => name.includes('.copy-') && name.endsWith(run)) ?? 'none');
  const insert = (key: string) => `INSERT INTO orders VALUES ('${key}', 1);`;
  return {
    path, around, scratch, sql,
    source: createSqliteSource({ name: 'orders', path, programs: freePrograms(), stagingFolder, timeoutMs: 30_000 }),
    add: async (key) => void sql(insert(key)),
    keys: async () => sql('SELECT key FROM orders ORDER BY key;').split('\n').filter((line) => line !== ''),
    addToCopy: async (key, run) => void sql(insert(key), await copy(run)),
    spoil: async (folder) => {
      const stored = join(folder, 'database.sqlite');
      await writeFile(stored, Buffer.from(await readFile(stored)).fill(0x41, 4_000));
    },
    leftovers: async () => {
      const beside = (await readdir(around)).filter((name) => !['scratch', 'staging'].includes(name) && !name.startsWith(file));
      return [...beside, ...await readdir(stagingFolder).catch(() => [])];
    },
    checks: {
      holds: (key) => ({ kind: 'query', sql: `SELECT count(*) FROM orders WHERE key = '${key}'`, timeoutMs: 10_000 }),
      broken: { kind: 'query', sql: 'SELECT nothing FROM nowhere', timeoutMs: 10_000 },
    },
    hold: async (statements) => {
      const child = spawn('sqlite3', ['-batch', path], { stdio: 'pipe' });
      held.push(child);
      child.stdin.write(`${statements}\nSELECT 'ready';\n`);
      await once(child.stdout, 'data');
      return child;
    },
    close: async () => {
      for (const child of held) {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      await rm(around, { recursive: true, force: true });
    },
  };
}

export const MODES: readonly Mode[] = ['wal', 'delete'];

export function whenSqlite(suite: () => void): void {
  whenInstalled(['sqlite3'], suite);
}
