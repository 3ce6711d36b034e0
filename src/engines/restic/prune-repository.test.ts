import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { damageRepository } from '../../../test/support/damage-repository.js';
import { createResticScenes, type ResticScene } from '../../../test/support/restic-scene.js';
import { whenResticIsThere } from '../../../test/support/restic.js';
import { aStream, soon, store } from '../contract/scene.js';

const WITHIN_MS = 60_000;

whenResticIsThere((program) => {
  describe('a prune of a repository of restic', () => {
    const scenes = createResticScenes(program);
    let scene: ResticScene;
    beforeEach(async () => {
      scene = await scenes.make();
    }, WITHIN_MS);
    afterEach(() => scene.close());

    it.each(['deleted', 'truncated', 'index'] as const)('deletes nothing from one that is broken: %s', async (kind) => {
      const gone = await store(scene.engine, aStream('process.stdout.write(require("crypto").randomBytes(100000))'));
      await store(scene.engine, aStream('process.stdout.write(require("crypto").randomBytes(300000))'), { attempt: 2 });
      await damageRepository(scene.repository, kind);
      await scene.engine.forget([gone.snapshot], soon());
      const files = (await readdir(scene.repository, { recursive: true })).toSorted();
      await expect(scene.engine.prune(soon())).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' });
      expect((await readdir(scene.repository, { recursive: true })).toSorted()).toEqual(files);
    }, WITHIN_MS);
  });
});
