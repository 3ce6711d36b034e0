import { chmod, mkdir, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { aStream, IGNORED, makeTree, manifestOf, type SceneHolder, soon, store } from './scene.js';

export function describeFetching(scene: SceneHolder, withinMs: number): void {
  describe('fetching', () => {
    async function fetched(snapshot: string): Promise<string> {
      const target = join(scene().folder, 'target');
      await mkdir(target);
      await scene().engine.fetch(snapshot, target, IGNORED, soon());
      return target;
    }

    it('brings a stream back as its file', async () => {
      const { snapshot } = await store(scene().engine, aStream('process.stdout.write("orders")', { name: 'my "orders".dump' }));
      const target = await fetched(snapshot);
      expect(await readdir(target)).toEqual(['my "orders".dump']);
      expect(await readFile(join(target, 'my "orders".dump'), 'utf8')).toBe('orders');
    }, withinMs);

    it('brings a folder back as it was: content, links, empty folders, modes and times', async () => {
      const { engine, folder } = scene();
      const root = join(folder, 'data');
      await makeTree(root, { 'a b/"c".json': '{}', run: '#!', empty: '', 'x/hollow': { folder: true }, up: { link: '../../etc/passwd' }, big: Buffer.alloc(2_500_000, 'b') });
      await chmod(join(root, 'run'), 0o750);
      await utimes(join(root, 'run'), 1_600_000_000, 1_600_000_000);
      const tree = { kind: 'tree', root, manifest: await manifestOf(root) } as const;
      const { snapshot } = await store(engine, tree);
      const target = await fetched(snapshot);
      expect(await manifestOf(target)).toEqual(tree.manifest);
      const { mode, mtimeMs } = await stat(join(target, 'run'));
      expect({ mode: mode & 0o777, mtimeMs }).toEqual({ mode: 0o750, mtimeMs: 1_600_000_000_000 });
    }, withinMs);

    it('names a snapshot that is not there as damage and leaves the folder empty', async () => {
      const target = join(scene().folder, 'target');
      await mkdir(target);
      const { snapshot } = await store(scene().engine, aStream('console.log(1)'));
      await scene().engine.forget([snapshot], soon());
      await expect(scene().engine.fetch(snapshot, target, IGNORED, soon())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
      expect(await readdir(target)).toEqual([]);
    }, withinMs);
  });
}
