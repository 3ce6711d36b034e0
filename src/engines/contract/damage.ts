import { join } from 'node:path';
import { mkdir, readdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { aStream, type DamageKind, fileEntry, IGNORED, makeTree, type SceneHolder, soon, store } from './scene.js';

const STREAM = aStream('process.stdout.write(require("crypto").randomBytes(300000))');

export function describeDamage(scene: SceneHolder, kinds: readonly DamageKind[], withinMs: number): void {
  describe('reading back', () => {
    it.each(kinds)('finds damage of the kind %s in a stream, and names the file', async (kind) => {
      const { engine, damage } = scene();
      const { snapshot, manifest } = await store(engine, STREAM);
      await damage(kind, snapshot);
      const found = await engine.verify(snapshot, manifest, IGNORED, soon());
      expect(found.length).toBeGreaterThan(0);
      expect(found.map(({ file }) => file).filter((file) => file !== null && file !== 'orders.dump')).toEqual([]);
      expect(found.map(({ text }) => text).join('')).not.toBe('');
    }, withinMs);

    it.each(kinds)('finds damage of the kind %s in a folder', async (kind) => {
      const { engine, damage, folder } = scene();
      const { snapshot, manifest } = await store(engine, await makeTree(join(folder, 'data'), { a: Buffer.alloc(200_000, 'a'), 'b/c': 'c', d: { link: 'a' } }));
      await damage(kind, snapshot);
      expect((await engine.verify(snapshot, manifest, IGNORED, soon())).length).toBeGreaterThan(0);
    }, withinMs);

    it.each(kinds)('restores nothing of a backup with damage of the kind %s', async (kind) => {
      const { engine, damage, folder } = scene();
      const { snapshot } = await store(engine, STREAM);
      await damage(kind, snapshot);
      const target = join(folder, 'target');
      await mkdir(target);
      await expect(engine.fetch(snapshot, target, IGNORED, soon())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
      expect(await readdir(target)).toEqual([]);
    }, withinMs);

    it('finds a file that differs from the manifest, one that is missing, and one too many', async () => {
      const { engine, folder } = scene();
      const { snapshot, manifest } = await store(engine, await makeTree(join(folder, 'data'), { a: 'a', b: 'b', c: 'c' }));
      const { a: _a, ...rest } = manifest.files;
      const other = { files: { ...rest, b: fileEntry('B'), d: fileEntry('d') } };
      expect(new Set((await engine.verify(snapshot, other, IGNORED, soon())).map(({ file }) => file))).toEqual(new Set(['a', 'b', 'd']));
    }, withinMs);

    it('tells at most 50 differences', async () => {
      const { engine, folder } = scene();
      const { snapshot, manifest } = await store(engine, await makeTree(join(folder, 'data'), { a: 'a' }));
      const more = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`f${index}`, fileEntry('')]));
      expect(await engine.verify(snapshot, { files: { ...manifest.files, ...more } }, IGNORED, soon())).toHaveLength(50);
    }, withinMs);

    it('takes a snapshot that is not there for damage', async () => {
      const { engine } = scene();
      const { snapshot, manifest } = await store(engine, STREAM);
      await engine.forget([snapshot], soon());
      expect((await engine.verify(snapshot, manifest, IGNORED, soon())).length).toBeGreaterThan(0);
      expect((await engine.verify('latest', manifest, IGNORED, soon())).length).toBeGreaterThan(0);
    }, withinMs);
  });
}
