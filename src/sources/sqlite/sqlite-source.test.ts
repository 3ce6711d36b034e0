import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePrograms } from '../../../test/support/free-programs.js';
import { type DatabaseScene, MODES, sqliteScene, whenSqlite } from '../../../test/support/sqlite-scene.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf } from '../contract/scene.js';
import { sourceContract } from '../contract.js';
import { SIDES } from './bring-to-rest.js';
import { createSqliteSource } from './sqlite-source.js';

whenSqlite(() => {
  for (const mode of MODES) sourceContract(`the sqlite source in mode ${mode}`, ['snapshot', 'fenced'], () => sqliteScene(mode));

  describe('the sqlite source', () => {
    let scene: DatabaseScene;
    beforeEach(async () => {
      scene = await sqliteScene('wal');
    });
    afterEach(() => scene.close());

    const live = () => scene.source.fingerprint('live', contextOf());

    it('counts and sums every table, and the schema, whatever their names', async () => {
      scene.sql(`CREATE TABLE "we ird'""\n.x" (a); INSERT INTO "we ird'""\n.x" VALUES (1); CREATE TABLE pairs (k PRIMARY KEY, v) WITHOUT ROWID; CREATE VIEW v AS SELECT 1;`);
      const { items } = await live();
      expect(items).toMatchObject({ [`we ird'"\n.x`]: { kind: 'table', count: '1' }, lines: { count: '2' }, pairs: { count: '0' }, orders: { count: '0' }, sqlite_schema: { count: '6' } });
    });

    it.each([
      ['a value', `UPDATE lines SET a = 2 WHERE a = 1;`, 'lines'],
      ['the type of a value', `UPDATE lines SET a = '1' WHERE a = 1;`, 'lines'],
      ['a view', 'CREATE VIEW v AS SELECT 1;', 'sqlite_schema'],
    ])('tells when %s is another one', async (_, change, table) => {
      const before = await live();
      scene.sql(change);
      expect((await live()).items[table]?.sum).not.toBe(before.items[table]?.sum);
    });

    it('backs up what is only in the write-ahead log, while it is written to', async () => {
      await scene.hold('PRAGMA wal_autocheckpoint=0; INSERT INTO orders VALUES (\'logged\', 1);');
      const { fingerprint } = await backUp(scene);
      expect(fingerprint.items['orders']?.count).toBe('1');
    });

    it('does not back up a damaged database', async () => {
      scene.sql('INSERT INTO lines SELECT value, randomblob(3000) FROM generate_series(1, 50); PRAGMA journal_mode=delete;');
      const bytes = await readFile(scene.path);
      await writeFile(scene.path, bytes.fill(0x41, 8_192, 40_000));
      await expect(backUp(scene)).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
    });

    it('makes no database where none is', async () => {
      await rm(scene.path);
      await expect(backUp(scene)).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
      expect(await scene.leftovers()).toEqual([]);
      await expect(readFile(scene.path)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('is not swapped while somebody writes', async () => {
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      const writer = await scene.hold(`BEGIN IMMEDIATE; INSERT INTO orders VALUES ('unfinished', 1);`);
      await expect(scene.source.swap(contextOf())).rejects.toMatchObject({ code: 'SOURCE_IN_USE', message: expect.stringContaining(`sqlite3 (${writer.pid})`) });
      await ended(writer, 'COMMIT;\n');
      expect(await scene.keys()).toEqual(['first', 'unfinished']);
    });

    it('moves what a killed writer left in the log along with it, and brings it back', async () => {
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      const writer = await scene.hold(`PRAGMA wal_autocheckpoint=0; INSERT INTO orders VALUES ('logged', 1);`);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      await scene.source.swap(contextOf());
      expect(await scene.keys()).toEqual(['first']);
      await scene.source.swapBack(contextOf());
      expect(await scene.keys()).toEqual(['first', 'logged']);
    });

    it.each(MODES)('is not swapped while somebody has it open, in mode %s, and loses nothing that goes on being written', async (mode) => {
      scene.sql(`PRAGMA journal_mode=${mode};`);
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      const app = await scene.hold('SELECT count(*) FROM orders;');
      await expect(scene.source.swap(contextOf())).rejects.toMatchObject({ code: 'SOURCE_IN_USE' });
      await ended(app, `INSERT INTO orders VALUES ('later', 1);\n`);
      expect(await scene.keys()).toEqual(['first', 'later']);
      await scene.source.swap(contextOf());
      expect(await scene.keys()).toEqual(['first']);
    });

    it.each(MODES)('is not swapped back while somebody has it open, in mode %s, and each side keeps all of its rows', async (mode) => {
      scene.sql(`PRAGMA journal_mode=${mode}; INSERT INTO orders SELECT 'old ' || value, 1 FROM generate_series(1, 8000);`);
      await makeCopy(scene, await backUp(scene));
      scene.sql(`INSERT INTO orders SELECT 'newer ' || value, 1 FROM generate_series(1, 222);`);
      await scene.source.swap(contextOf());
      const reader = await scene.hold('SELECT count(*) FROM orders;');
      scene.sql(`INSERT INTO orders VALUES ('after the swap', 1);`);
      await expect(scene.source.swapBack(contextOf())).rejects.toMatchObject({ code: 'SOURCE_IN_USE' });
      expect(await scene.keys()).toHaveLength(8_001);
      await expect(scene.source.swap(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
      await ended(reader, `INSERT INTO orders VALUES ('after the refusal', 1);\n`);
      await scene.source.swapBack(contextOf());
      expect(await scene.keys()).toHaveLength(8_222);
      scene.sql(`INSERT INTO orders VALUES ('afterwards', 1); PRAGMA integrity_check;`);
      const { items } = await scene.source.fingerprint('copy', contextOf());
      expect(items['orders']?.count).toBe('8002');
      await scene.source.dropCopy(contextOf());
      expect(await scene.leftovers()).toEqual([]);
      expect(await scene.keys()).toHaveLength(8_223);
    });

    it('keeps what is swapped back away from the log of a writer that was killed after the swap', async () => {
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      await scene.add('later');
      await scene.source.swap(contextOf());
      const writer = await scene.hold(`PRAGMA wal_autocheckpoint=0; INSERT INTO orders VALUES ('logged', 1);`);
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      await scene.source.swapBack(contextOf());
      expect(await scene.keys()).toEqual(['first', 'later']);
      expect((await scene.source.fingerprint('copy', contextOf())).items['orders']?.count).toBe('2');
    });

    it('takes up no log that lies where no database is any more, and puts it back', async () => {
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      await rm(scene.path);
      await writeFile(`${scene.path}-wal`, 'of nobody');
      await scene.source.swap(contextOf());
      await expect(stat(`${scene.path}-wal`)).rejects.toMatchObject({ code: 'ENOENT' });
      await scene.source.swapBack(contextOf());
      expect(await readFile(`${scene.path}-wal`, 'utf8')).toBe('of nobody');
      await expect(stat(scene.path)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('drops what a check that was killed left beside the copy', async () => {
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      const copy = join(scene.around, (await readdir(scene.around)).find((name) => name.includes('.copy-')) ?? 'none');
      for (const side of SIDES) await writeFile(copy + side, 'left');
      await scene.source.swap(contextOf());
      expect((await scene.leftovers()).filter((name) => name.includes('.copy-'))).toEqual([]);
      expect(await scene.keys()).toEqual(['first']);
    });

    it('is restored over what is no database any more', async () => {
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      await writeFile(scene.path, 'x'.repeat(10_000));
      await scene.source.swap(contextOf());
      expect(await scene.keys()).toEqual(['first']);
    });

    it('is restored where nothing is left', async () => {
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      await rm(scene.path);
      await scene.source.swap(contextOf());
      expect(await scene.keys()).toEqual(['first']);
    });

    it('is swapped where a link leads to', async () => {
      await rename(scene.path, join(scene.around, 'real.db'));
      await symlink('real.db', scene.path);
      await scene.add('first');
      await makeCopy(scene, await backUp(scene));
      await scene.add('later');
      await scene.source.swap(contextOf());
      expect(scene.sql('SELECT key FROM orders;', join(scene.around, 'real.db'))).toBe('first\n');
    });

    it('checks with no reach beyond the copy', async () => {
      await makeCopy(scene, await backUp(scene));
      const evil = join(scene.around, 'evil');
      const query = (sql: string) => ({ kind: 'query' as const, sql, timeoutMs: 10_000 });
      const outcomes = await scene.source.check({
        shell: query(`.shell touch ${evil}`), later: query(`SELECT 1;\n.shell touch ${evil}`), file: query(`SELECT writefile('${evil}', 'x')`), attach: query(`ATTACH '${evil}' AS e; SELECT 1`),
        write: query('DELETE FROM orders; SELECT 1'), two: query('SELECT 1, 1'), none: query('SELECT 1 WHERE 0'), zero: query('SELECT 0'), one: query('SELECT 1'),
      }, contextOf());
      expect(outcomes.filter(({ ok }) => ok).map(({ name }) => name)).toEqual(['one']);
      expect(await readdir(scene.around)).not.toContain('evil');
    });

    it('names the program that is missing', async () => {
      const source = createSqliteSource({ name: 'orders', path: scene.path, programs: freePrograms(), stagingFolder: scene.scratch, timeoutMs: 1_000, program: 'no-such-sqlite' });
      await expect(source.fingerprint('live', contextOf())).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
    });
  });
});

/** Says its last words and goes, as an application that is stopped. */
async function ended(app: ChildProcessWithoutNullStreams, words: string): Promise<void> {
  const gone = once(app, 'exit');
  app.stdin.end(words);
  await gone;
}
