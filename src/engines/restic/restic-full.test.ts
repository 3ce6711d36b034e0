import { mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { prepareRepository } from '../../../test/support/prepared-repository.js';
import { createResticScenes, type ResticScene } from '../../../test/support/restic-scene.js';
import { whenResticIsThere } from '../../../test/support/restic.js';
import { mountSmallDisk, type SmallDisk, whenDisksCanBeMounted } from '../../../test/support/small-disk.js';
import { aStream, BACKUP, IGNORED, soon, store } from '../contract/scene.js';

const WITHIN_MS = 90_000;
const SEVEN_MB = aStream('process.stdout.write(require("crypto").randomBytes(7e6))');

whenResticIsThere((program) => whenDisksCanBeMounted(() => {
  const scenes = createResticScenes(program);
  let folder: string;
  let disk: SmallDisk;
  let scene: ResticScene;
  let engine: ResticScene['engine'];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-restic-full-'));
    disk = await mountSmallDisk(join(folder, 'disk'), '32m');
    scene = await scenes.make();
    const repository = join(folder, 'disk', 'repository');
    await prepareRepository(repository);
    engine = scene.open({ repository });
    await engine.prepare(soon());
  }, WITHIN_MS);
  afterEach(async () => {
    await scene.close();
    disk.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe('a repository of restic where nothing can be written', () => {
    it.each([
      ['its disk is full', () => disk.fill()],
      ['its disk is mounted to be read only', async () => disk.readOnly()],
    ])('can still be found in, read back and restored from: %s', async (_why, happen) => {
      const { snapshot, manifest } = await store(engine, aStream('process.stdout.write("orders")'));
      await happen();
      expect(await engine.find(BACKUP, soon())).toMatchObject([{ snapshot }]);
      expect(await engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
      const target = join(folder, 'target');
      await mkdir(target);
      await engine.fetch(snapshot, target, IGNORED, soon());
      expect(await readdir(target)).toEqual(['orders.dump']);
    }, WITHIN_MS);

    it('gives room back when it is full to the last byte, and keeps some for the next time', async () => {
      const { snapshot } = await store(engine, SEVEN_MB);
      const kept = await store(engine, aStream('process.stdout.write("orders")'), { attempt: 2 });
      await disk.fill();
      await expect(store(engine, SEVEN_MB, { attempt: 3 })).rejects.toMatchObject({ code: 'REPOSITORY_FULL' });
      for (const _ of ['once', 'again']) {
        await engine.forget([snapshot], soon());
        await engine.prune(soon());
      }
      expect(await engine.find(BACKUP, soon())).toMatchObject([{ snapshot: kept.snapshot }]);
      expect(await engine.verify(kept.snapshot, kept.manifest, IGNORED, soon())).toEqual([]);
      const { bavail, bsize } = await statfs(join(folder, 'disk'));
      expect(bavail * bsize).toBeGreaterThan(6e6);
      expect(await readdir(join(folder, 'disk', 'repository'))).toContain('slipway-reserve');
    }, WITHIN_MS);
  });

  describe('a repository whose making was interrupted', () => {
    it('says what to delete, and can be made then', async () => {
      const repository = join(folder, 'disk', 'repository');
      await rm(join(repository, 'config'));
      await expect(engine.prepare(soon())).rejects.toMatchObject({ code: 'ENGINE_FAILED', message: expect.stringContaining('delete what is in `keys`') });
      for (const key of await readdir(join(repository, 'keys'))) await rm(join(repository, 'keys', key));
      await engine.prepare(soon());
      const { snapshot, manifest } = await store(engine, aStream('process.stdout.write("orders")'));
      expect(await engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
    }, WITHIN_MS);
  });
}));
