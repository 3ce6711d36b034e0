import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArchiveScene, archiveScene } from '../../../../test/support/archive-scene.js';

let scene: ArchiveScene;
beforeEach(async () => {
  scene = await archiveScene();
  await writeFile(join(scene.root, 'outside'), 'untouched');
});
afterEach(() => scene.close());

type Entries = Parameters<ArchiveScene['forge']>[0];

describe('an archive of an attacker', () => {
  const link = (name: string, linkname: string) => ({ name, type: 'symlink', linkname }) as const;
  it.each<[string, Entries]>([
    ['climbs out by ..', [{ name: 'tree/../../outside', text: 'evil' }]],
    ['climbs out by .. inside of its names', [{ name: 'tree/a/../../../outside', text: 'evil' }]],
    ['names an absolute place', [{ name: '/tmp/slipway-evil', text: 'evil' }]],
    ['names an absolute place below its prefix', [{ name: 'tree//tmp/slipway-evil', text: 'evil' }]],
    ['writes beside its prefix', [{ name: 'evil', text: 'evil' }]],
    ['writes through a link to a folder', [link('tree/way', '..'), { name: 'tree/way/outside', text: 'evil' }]],
    ['writes through a link to a file', [link('tree/way', '../outside'), { name: 'tree/way', text: 'evil' }]],
    ['replaces a file by a link, then writes through it', [{ name: 'tree/way', text: 'x' }, link('tree/way', '../outside'), { name: 'tree/way', text: 'evil' }]],
    ['replaces a folder by a link', [{ name: 'tree/way/', type: 'directory' }, link('tree/way', '..'), { name: 'tree/way/outside', text: 'evil' }]],
    ['makes a folder of a link', [link('tree/way', '..'), { name: 'tree/way/', type: 'directory' }]],
    ['names a file twice', [{ name: 'tree/a', text: 'x' }, { name: 'tree/a', text: 'y' }]],
    ['holds a hard link', [{ name: 'tree/hard', type: 'link', linkname: '/etc/passwd' }]],
    ['holds a character device', [{ name: 'tree/dev', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['holds a block device', [{ name: 'tree/dev', type: 'block-device', devmajor: 8, devminor: 0 }]],
    ['holds a pipe', [{ name: 'tree/pipe', type: 'fifo' }]],
    ['hides a link among the parts of a stream', [link('stream/dump.part-000001', '../outside')]],
    ['hides a path in the name of a part', [{ name: 'stream/../outside.part-000001', text: 'evil' }]],
  ])('that %s is refused, and writes nothing elsewhere', async (_, entries) => {
    const snapshot = await scene.forge(entries);
    await expect(scene.fetch(snapshot)).rejects.toMatchObject({ code: 'UNSAFE_PATH' });
    expect(await readFile(join(scene.root, 'outside'), 'utf8')).toBe('untouched');
    expect((await readdir(scene.root)).sort()).toEqual(['data', 'output-1', 'outside', 'repository']);
    await expect(readFile('/tmp/slipway-evil')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each<[string, Entries]>([
    ['without a manifest', [{ name: 'tree/a', text: 'x' }]],
    ['with a manifest of other files', [{ name: 'tree/a', text: 'x' }, { name: 'MANIFEST.sha256', text: 'nonsense' }]],
    ['with parts out of order', [{ name: 'stream/d.part-000002', text: 'x' }]],
    ['with parts of two streams', [{ name: 'stream/d.part-000001', text: 'x' }, { name: 'stream/e.part-000002', text: 'x' }]],
  ])('%s is damaged', async (_, entries) => {
    await expect(scene.fetch(await scene.forge(entries))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });
});

describe('a fetch', () => {
  it('of links that lead out brings them back as links', async () => {
    await symlink('/etc/passwd', join(scene.data, 'link'));
    const output = await scene.fetch((await scene.store(await scene.tree())).snapshot);
    expect(await readdir(output)).toEqual(['link']);
  });

  it('into a folder that is not empty is refused, and leaves what is there', async () => {
    await scene.write({ a: 'x' });
    const { snapshot } = await scene.store(await scene.tree());
    const into = join(scene.root, 'full');
    await mkdir(into);
    await writeFile(join(into, 'precious'), 'x');
    await expect(scene.fetch(snapshot, into)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    expect(await readdir(into)).toEqual(['precious']);
  });

  it('of a backup that is missing says so', async () => {
    await expect(scene.fetch('a/b/c/20260101T000000Z-01J-1.tar.gz.age')).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });
});
