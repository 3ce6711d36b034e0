import { describe, expect, it } from '@jest/globals';
import { failingDisk } from '../../../test/support/failing-disk.js';
import { freePrograms } from '../../../test/support/free-programs.js';
import { MODES, sqliteScene, whenSqlite } from '../../../test/support/sqlite-scene.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf } from '../contract/scene.js';
import { createSqliteSource } from './sqlite-source.js';

whenSqlite(() => {
  describe.each(MODES)('the sqlite source in mode %s, killed between any two changes of a swap', (mode) => {
    it.each(['swap', 'swapBack'] as const)('finishes the %s at the next attempt, and each can be taken back', async (act) => {
      for (let at = 0; ; at += 1) {
        const scene = await sqliteScene(mode);
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
});
