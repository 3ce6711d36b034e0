import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { failingDisk } from '../../../test/support/failing-disk.js';
import { freePrograms } from '../../../test/support/free-programs.js';
import { sqliteScene, whenSqlite } from '../../../test/support/sqlite-scene.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf } from '../contract/scene.js';
import { SIDES } from './bring-to-rest.js';
import { createSqliteSource } from './sqlite-source.js';

whenSqlite(() => {
  describe('the sqlite source, killed between any two changes of a swap', () => {
    it.each(['swap', 'swapBack'] as const)('finishes the %s at the next attempt, and each can be taken back', async (act) => {
      for (let at = 0; ; at += 1) {
        const scene = await sqliteScene('wal');
        await scene.add('first');
        const kept = await backUp(scene);
        await scene.add('later');
        await makeCopy(scene, kept);
        if (act === 'swapBack') await scene.source.swap(contextOf());
        const { disk, failed } = failingDisk(at, 'killed');
        await createSqliteSource({ name: 'orders', path: scene.path, programs: freePrograms(), stagingFolder: scene.scratch, timeoutMs: 30_000, disk })[act](contextOf()).catch(() => undefined);
        await scene.source[act](contextOf());
        expect(await scene.keys()).toEqual(act === 'swap' ? ['first'] : ['first', 'later']);
        if (act === 'swap') await scene.source.swapBack(contextOf());
        expect(await scene.keys()).toEqual(['first', 'later']);
        await scene.source.dropCopy(contextOf());
        expect(await scene.leftovers()).toEqual([]);
        await scene.close();
        if (!failed()) return;
      }
    }, 60_000);
  });

  it.each(['dropOld', 'dropCopy'] as const)('leaves nothing when its %s was killed, sides and half a journal included', async (act) => {
    for (let at = 0; ; at += 1) {
      const scene = await sqliteScene('delete');
      await makeCopy(scene, await backUp(scene));
      await scene.source[act === 'dropOld' ? 'swap' : 'swapBack'](contextOf());
      const [beside = ''] = (await scene.leftovers()).filter((name) => /[.](?:old|copy)-/.test(name));
      for (const side of SIDES) await writeFile(join(scene.around, beside + side), 'left');
      await writeFile(join(scene.around, `${beside.replace(/[.](?:old|copy)-/, '.swap-')}.new`), '{');
      const { disk, failed } = failingDisk(at, 'killed');
      await createSqliteSource({ name: 'orders', path: scene.path, programs: freePrograms(), stagingFolder: scene.scratch, timeoutMs: 30_000, disk })[act](contextOf()).catch(() => undefined);
      await scene.source[act](contextOf());
      expect(await scene.leftovers()).toEqual([]);
      await scene.close();
      if (!failed()) return;
    }
  }, 60_000);

  describe.each(['killed', 'once'] as const)('the sqlite source whose log stays beside it, %s at any change', (how) => {
    it.each(['swap', 'swapBack'] as const)('never lets a database meet the log of another: %s', async (act) => {
      for (let at = 0; ; at += 1) {
        const scene = await sqliteScene('delete');
        scene.sql("PRAGMA journal_mode=persist; INSERT INTO orders VALUES ('first', 1);");
        const [database, log] = [await inode(scene.path), await inode(`${scene.path}-journal`)];
        await makeCopy(scene, await backUp(scene));
        const restored = await inode(await copyOf(scene.around));
        const belongTogether = async () => {
          const [live, beside] = [await inode(scene.path), await inode(`${scene.path}-journal`)];
          expect([[database, log], [restored, null], [null, null], [null, log]]).toContainEqual([live, beside]);
        };
        if (act === 'swapBack') await scene.source.swap(contextOf());
        const { disk, failed } = failingDisk(at, how);
        await createSqliteSource({ name: 'orders', path: scene.path, programs: freePrograms(), stagingFolder: scene.scratch, timeoutMs: 30_000, disk })[act](contextOf()).catch(() => undefined);
        await belongTogether();
        if (how === 'once') expect(await inode(scene.path)).not.toBeNull();
        await scene.source[act](contextOf());
        await belongTogether();
        if (act === 'swap') await scene.source.swapBack(contextOf());
        expect([await inode(scene.path), await inode(`${scene.path}-journal`)]).toEqual([database, log]);
        await scene.source.dropCopy(contextOf());
        expect(await scene.leftovers()).toEqual([]);
        await scene.close();
        if (!failed()) return;
      }
    }, 60_000);
  });
});

async function inode(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.ino ?? null;
}

async function copyOf(around: string): Promise<string> {
  return join(around, (await readdir(around)).find((name) => name.includes('.copy-')) ?? 'none');
}
