import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArchiveScene, archiveScene, nothing } from '../../../../test/support/archive-scene.js';
import type { Manifest } from '../../../domain/backup/manifest.js';
import { filesOf, type BackupFiles } from '../format/layout.js';
import { newIdentity } from '../new-identity.js';
import { verify } from './verify.js';

let scene: ArchiveScene;
let snapshot: string;
let manifest: Manifest;
let files: BackupFiles;
beforeEach(async () => {
  scene = await archiveScene();
  await scene.write({ 'a.json': randomBytes(200_000), 'b.json': randomBytes(1_000_000), 'c.json': randomBytes(200_000) });
  const content = await scene.tree();
  ({ manifest } = content);
  ({ snapshot } = await scene.store(content));
  files = filesOf(scene.folder, snapshot);
});
afterEach(() => scene.close());

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(path, bytes);
}

const hit = async (): Promise<(string | null)[]> => (await scene.verify(snapshot, manifest)).map(({ file }) => file);

describe('damage', () => {
  it('by a flipped byte names the file that it hits and those behind it, and the archive', async () => {
    await flip(files.archive, 700_000);
    expect(await hit()).toEqual([null, 'b.json', 'c.json']);
  });

  it('by truncation names the same', async () => {
    await truncate(files.archive, 700_000);
    expect(await hit()).toEqual([null, 'b.json', 'c.json']);
  });

  it('in the header is told of the whole archive', async () => {
    await flip(files.archive, 60);
    expect(await hit()).toEqual([null, null, 'a.json', 'b.json', 'c.json']);
  });

  it('by an empty file is told', async () => {
    await truncate(files.archive, 0);
    expect(await hit()).toContain('a.json');
  });

  it('by a missing archive is told, and nothing else', async () => {
    await rm(files.archive);
    expect(await hit()).toEqual([null]);
  });

  it('by a missing sidecar is told', async () => {
    await rm(files.sidecar);
    expect(await hit()).toEqual([null]);
  });

  it('by a sidecar that is none is told', async () => {
    await writeFile(files.sidecar, '{"sha256":');
    expect(await hit()).toEqual([null]);
  });

  it('by another archive in its place is told file by file', async () => {
    await scene.write({ 'a.json': 'another', 'd.json': 'more' });
    await rm(join(scene.data, 'c.json'));
    const other = await scene.store(await scene.tree(), { backup: '01K' });
    await rename(filesOf(scene.folder, other.snapshot).archive, files.archive);
    expect((await hit()).sort()).toEqual(['a.json', 'c.json', 'd.json', null].sort());
  });

  it('is told at most fifty times', async () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`f${index}`, 'x']));
    await scene.write(many);
    const content = await scene.tree();
    const stored = await scene.store(content, { backup: '01K' });
    await truncate(filesOf(scene.folder, stored.snapshot).archive, 300);
    expect(await scene.verify(stored.snapshot, content.manifest)).toHaveLength(50);
  });

  it('stops a fetch, which says so', async () => {
    await flip(files.archive, 700_000);
    await expect(scene.fetch(snapshot)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });
});

it('names a stream that is hit, once', async () => {
  await scene.write({ dump: randomBytes(17_000_000) });
  const stored = await scene.store({ kind: 'stream', name: 'app.dump', command: ['cat', join(scene.data, 'dump')], env: {} }, { backup: '01K' });
  await flip(filesOf(scene.folder, stored.snapshot).archive, 16_900_000);
  expect((await scene.verify(stored.snapshot, stored.manifest ?? { files: {} })).map(({ file }) => file)).toEqual([null, 'app.dump']);
});

it.each(['latest', '', '../../etc/passwd'])('of what is no snapshot is damage: %j', async (name) => {
  expect(await scene.verify(name, manifest)).toHaveLength(1);
  await expect(scene.fetch(name)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});

it('with another identity is an error of the repository, not damage of the backup', async () => {
  const keys = { identity: await newIdentity(), recipients: [] };
  await expect(verify({ folder: scene.folder, keys, snapshot, manifest }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_PASSWORD_WRONG' });
});

it('where the whole repository is away is an error, not damage of the backup', async () => {
  await rename(scene.folder, join(scene.root, 'away'));
  await expect(scene.verify(snapshot, manifest)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  await mkdir(scene.folder);
  await expect(scene.verify(snapshot, manifest)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
});
