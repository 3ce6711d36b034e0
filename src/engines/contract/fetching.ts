import { chmod, chown, lutimes, mkdir, readdir, readFile, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { aStream, IGNORED, makeTree, manifestOf, type SceneHolder, soon, store, withoutTimes } from './scene.js';

/** A time passes through a number of 53 bits: centuries from now that is a microsecond or two. */
const MOST_MICROSECONDS = 5;

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
      expect(withoutTimes(await manifestOf(target))).toEqual(withoutTimes(tree.manifest));
      const { mode, mtimeMs } = await stat(join(target, 'run'));
      expect({ mode: mode & 0o777, mtimeMs }).toEqual({ mode: 0o750, mtimeMs: 1_600_000_000_000 });
    }, withinMs);

    it('brings every kind of entry back with its mode, owner and time, as reading it back has shown', async () => {
      const { engine, folder } = scene();
      const root = join(folder, 'data');
      await makeTree(root, {
        'secret/none': 'nobody may read it', suid: 'runs as its owner', 'sticky/inner': { folder: true }, sealed: { folder: true }, old: 'before 1970', 'line\nbreak': 'x', latest: { link: 'old' }, future: '',
        '__proto__': 'p', constructor: 'c', [`${'d'.repeat(120)}/${'ü'.repeat(100)}`]: 'long', holes: Buffer.alloc(0),
      });
      await truncate(join(root, 'holes'), 1_000_000);
      if (process.getuid?.() === 0) await chown(join(root, 'old'), 3_000_000_000, 2_097_152);
      const describe = async (path: string, mode: number, seconds: string) => {
        await chmod(join(root, path), mode);
        await utimes(join(root, path), seconds, seconds);
      };
      await describe('suid', 0o6755, '1700000000.123456');
      await describe('sticky', 0o1777, '1.5');
      await describe('old', 0o640, '-1500000000.75');
      await describe('future', 0o400, '4294967297');
      await lutimes(join(root, 'latest'), '-86400', '-86400');
      if (process.getuid?.() === 0) for (const path of ['secret/none', 'sealed']) await describe(path, 0, '0');
      const tree = { kind: 'tree', root, manifest: await manifestOf(root) } as const;
      const { snapshot } = await store(engine, tree);
      expect(await engine.verify(snapshot, tree.manifest, IGNORED, soon())).toEqual([]);
      const found = await manifestOf(await fetched(snapshot));
      expect(withoutTimes(found)).toEqual(withoutTimes(tree.manifest));
      for (const [path, { modifiedNs }] of Object.entries(tree.manifest.files)) expect([path, microsecondsBetween(modifiedNs, found.files[path]?.modifiedNs)]).toEqual([path, 0]);
    }, withinMs);

    it.each([['mode', '0600'], ['owner', '7:7']] as const)('is known before to bring something else back: another %s', async (what, other) => {
      const { engine, folder } = scene();
      const tree = await makeTree(join(folder, 'data'), { a: 'a', 'b/c': { folder: true }, d: { link: 'a' } });
      await chmod(join(folder, 'data/a'), 0o644);
      const manifest = await manifestOf(join(folder, 'data'));
      const { snapshot } = await store(engine, { ...tree, manifest });
      const changed = ['a', 'b', 'd'].filter((path) => what !== 'mode' || path !== 'd');
      const files = Object.fromEntries(Object.entries(manifest.files).map(([path, entry]) => [path, changed.includes(path) ? { ...entry, [what]: other } : entry]));
      const damage = await engine.verify(snapshot, { files }, IGNORED, soon());
      expect(damage.map(({ file }) => file).sort()).toEqual(changed);
    }, withinMs);

    it.each([['mode', '0600'], ['owner', '7:7'], ['modifiedNs', '5']] as const)('is not begun with what is not as recorded: another %s', async (what, other) => {
      const { engine, folder } = scene();
      const tree = await makeTree(join(folder, 'data'), { a: 'a', b: { folder: true } });
      for (const path of ['a', 'b']) {
        const files = Object.fromEntries(Object.entries(tree.manifest.files).map(([name, entry]) => [name, name === path ? { ...entry, [what]: other } : entry]));
        await expect(store(engine, { ...tree, manifest: { files } })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
      }
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

/** Times are compared in microseconds, as finely as the system call that sets them can be told. */
function microsecondsBetween(a = '', b = ''): number {
  return Math.trunc(Math.abs(Number((BigInt(a) - BigInt(b)) / 1_000n)) / MOST_MICROSECONDS);
}
