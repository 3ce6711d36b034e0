import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, lstat, mkdir, readdir, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArchiveScene, archiveScene, manifestOf, nothing, SOURCE } from '../../../../test/support/archive-scene.js';
import { until } from '../../../../test/support/until.js';
import { filesOf } from '../format/layout.js';
import { find } from './find.js';
import { forget } from './forget.js';
import { prune } from './prune.js';
import { store } from './store.js';

let scene: ArchiveScene;
beforeEach(async () => {
  scene = await archiveScene();
});
afterEach(() => scene.close());

const stored = async (): Promise<string[]> => (await readdir(scene.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name).filter((name) => name !== 'slipway-archive.age');
const stream = (script: string) => ({ kind: 'stream', name: 'app.dump', command: ['sh', '-c', script], env: {} }) as const;

describe('a tree', () => {
  it('comes back with its contents, modes, times, links and empty folders', async () => {
    await scene.write({ 'a/b/deep.json': '{"a":1}', 'empty.txt': '', 'with "quote" and space \'.txt': 'x', 'ünï/ß': 'y', 'back\\slash': 'z', 'MANIFEST.sha256': 'of the user', [`${'long/'.repeat(40)}name`]: 'long' });
    await mkdir(join(scene.data, 'nothing in it'));
    await symlink('../../etc/passwd', join(scene.data, 'link'));
    await symlink('a', join(scene.data, 'link to folder'));
    await chmod(join(scene.data, 'a/b/deep.json'), 0o640);
    await utimes(join(scene.data, 'a/b/deep.json'), 1_700_000_000, 1_700_000_000.25);
    await chmod(join(scene.data, 'a'), 0o500);
    const content = await scene.tree();
    const { snapshot, bytes } = await scene.store(content);
    expect(bytes).toBe(Object.values(content.manifest.files).reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.bytes : 0), 0));
    expect(await scene.verify(snapshot, content.manifest)).toEqual([]);

    const output = await scene.fetch(snapshot);
    expect(await manifestOf(output)).toEqual(content.manifest);
    const [file, folder] = [await stat(join(output, 'a/b/deep.json')), await stat(join(output, 'a'))];
    expect([file.mode & 0o7777, file.mtimeMs, folder.mode & 0o7777]).toEqual([0o640, 1_700_000_000_250, 0o500]);
    expect((await lstat(join(output, 'link'))).isSymbolicLink()).toBe(true);
    await Promise.all([join(scene.data, 'a'), join(output, 'a')].map((path) => chmod(path, 0o700)));
  });

  it('comes back with the times of its folders', async () => {
    await scene.write({ 'a/b': 'x' });
    await utimes(join(scene.data, 'a'), 1_600_000_000, 1_600_000_000);
    const output = await scene.fetch((await scene.store(await scene.tree())).snapshot);
    expect((await stat(join(output, 'a'))).mtimeMs).toBe(1_600_000_000_000);
  });

  it.each<[string, (file: string) => Promise<void>]>([
    ['vanished', (file) => rm(file)],
    ['grew', (file) => appendFile(file, 'more')],
    ['shrank', (file) => truncate(file, 2)],
    ['has other bytes', (file) => writeFile(file, 'CONTENT')],
    ['is a folder now', async (file) => { await rm(file); await mkdir(file); }],
    ['is a link now', async (file) => { await rm(file); await symlink('elsewhere', file); }],
  ])('of which a file %s since its manifest was made is not stored', async (_, change) => {
    await scene.write({ 'a.txt': 'first', 'b.txt': 'content', 'c.txt': 'last' });
    const content = await scene.tree();
    await change(join(scene.data, 'b.txt'));
    await expect(scene.store(content)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    expect(await stored()).toEqual([]);
  });

  it('of which a link points elsewhere since its manifest was made is not stored', async () => {
    await symlink('one', join(scene.data, 'link'));
    const content = await scene.tree();
    await rm(join(scene.data, 'link'));
    await symlink('two', join(scene.data, 'link'));
    await expect(scene.store(content)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  it('that holds a pipe is refused, without waiting for a writer', async () => {
    spawnSync('mkfifo', [join(scene.data, 'pipe')]);
    await expect(scene.store(await scene.tree())).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
    expect(await stored()).toEqual([]);
  });

  it('that holds a socket is refused', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(scene.data, 's'), resolve));
    await expect(scene.store({ kind: 'tree', root: scene.data, manifest: { files: { s: { kind: 'file', bytes: 0, sha256: '' } } } })).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('whose manifest leads out of its root is refused', async () => {
    await writeFile(join(scene.root, 'outside'), 'secret');
    await expect(scene.store({ kind: 'tree', root: scene.data, manifest: { files: { '../outside': { kind: 'file', bytes: 6, sha256: '' } } } })).rejects.toMatchObject({ code: 'UNSAFE_PATH' });
    expect(await stored()).toEqual([]);
  });
});

describe('a stream', () => {
  it.each([1, 16_777_216, 16_777_217, 40_000_000])('of %d bytes comes back as one file', async (length) => {
    await scene.write({ dump: Buffer.concat([randomBytes(Math.min(length, 1_000_000)), Buffer.alloc(Math.max(0, length - 1_000_000), 'row ')]) });
    const content = { kind: 'stream', name: 'app.dump', command: ['cat', join(scene.data, 'dump')], env: {} } as const;
    const { snapshot, manifest, bytes } = await scene.store(content);
    const { files: { dump } } = await manifestOf(scene.data);
    expect({ manifest, bytes }).toEqual({ manifest: { files: { 'app.dump': dump } }, bytes: length });
    expect(await scene.verify(snapshot, manifest ?? { files: {} })).toEqual([]);
    expect(await manifestOf(await scene.fetch(snapshot))).toEqual(manifest);
  });

  it('whose program fails after its output is not stored, and the end of what it said is told', async () => {
    await expect(scene.store(stream('echo row; echo connection lost >&2; exit 3'))).rejects.toMatchObject({ code: 'PRODUCER_FAILED', message: expect.stringContaining('connection lost') });
    expect(await stored()).toEqual([]);
  });

  it('of nothing is not stored: no program that read its source would say so', async () => {
    await expect(scene.store(stream('true'))).rejects.toMatchObject({ code: 'PRODUCER_FAILED' });
    expect(await stored()).toEqual([]);
  });

  it('whose program is killed is not stored', async () => {
    await expect(scene.store(stream('echo row; kill -9 $$'))).rejects.toMatchObject({ code: 'PRODUCER_FAILED' });
    expect(await stored()).toEqual([]);
  });

  it('whose program is not there is not stored', async () => {
    await expect(scene.store({ ...stream(''), command: ['/no/such/program'] })).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
    expect(await stored()).toEqual([]);
  });

  it('gets its environment', async () => {
    const { manifest } = await scene.store({ ...stream('printf %s "$PGPASSWORD"'), env: { PGPASSWORD: 's3cret' } });
    expect(manifest?.files['app.dump']).toMatchObject({ bytes: 6 });
  });
});

describe('what an attempt stored', () => {
  it('is found by its backup, the newest last, with what a stream was', async () => {
    const first = await scene.store(stream('echo 1'), { attempt: 1 });
    const second = await scene.store(stream('echo 2'), { attempt: 2 });
    await scene.store(stream('echo 3'), { backup: '01K' });
    const { manifest, ...bytes } = second;
    expect(await find({ folder: scene.folder, backup: '01J' }, nothing)).toEqual([
      expect.objectContaining({ snapshot: first.snapshot, attempt: 1 }),
      { snapshot: second.snapshot, attempt: 2, stored: { ...bytes, manifest } },
    ]);
  });

  it('is not found while it is being written, nor after that was broken off', async () => {
    await mkdir(join(scene.folder, SOURCE), { recursive: true });
    await writeFile(join(scene.folder, SOURCE, '20260101T000000Z-01J-1.tar.gz.age.part'), 'x');
    await writeFile(join(scene.folder, SOURCE, '20260101T000000Z-01J-1.json'), '{}');
    expect(await find({ folder: scene.folder, backup: '01J' }, nothing)).toEqual([]);
  });

  it('is forgotten with its sidecar, and forgotten again without complaint', async () => {
    const { snapshot } = await scene.store(stream('echo 1'));
    const kept = await scene.store(stream('echo 2'), { backup: '01K' });
    for (const _ of [1, 2]) await forget({ folder: scene.folder, snapshots: [snapshot, 'never/was/20260101T000000Z-01J-1.tar.gz.age'] }, nothing);
    expect(await stored()).toHaveLength(2);
    expect(await scene.verify(kept.snapshot, kept.manifest ?? { files: {} })).toEqual([]);
  });

  it('is never anything else than a backup when it is to be forgotten', async () => {
    const outside = '20260101T000000Z-01J-1.tar.gz.age';
    await writeFile(join(scene.root, outside), 'x');
    await forget({ folder: scene.folder, snapshots: [`../${outside}`, `${SOURCE}/../../../../${outside}`, 'slipway-archive.age', 'latest', ''] }, nothing);
    expect([(await readdir(scene.root)).includes(outside), (await readdir(scene.folder)).includes('slipway-archive.age')]).toEqual([true, true]);
  });
});

describe('what a killed store left', () => {
  async function leave(backup: string, ageMs: number, source = SOURCE): Promise<string> {
    const { part, sidecar } = filesOf(scene.folder, `${source}/20260101T000000Z-${backup}-1.tar.gz.age`);
    await mkdir(dirname(part), { recursive: true });
    await writeFile(part, 'x');
    await writeFile(sidecar, '{}');
    const at = new Date(Date.now() - ageMs);
    await utimes(part, at, at);
    return part.slice(part.lastIndexOf('/') + 1);
  }
  const parts = async (): Promise<string[]> => (await stored()).filter((name) => name.endsWith('.part'));

  it('is removed by prune once nobody can be writing to it, with its sidecar', async () => {
    await leave('01A', 61_000);
    const young = await leave('01B', 1_000);
    await prune({ folder: scene.folder, abandonedAfterMs: 60_000 }, nothing);
    expect((await stored()).sort()).toEqual([young.replace('.tar.gz.age.part', '.json'), young].sort());
  });

  it('is removed by the next store of the same source, and of other sources left alone', async () => {
    await leave('01A', 61_000);
    const other = await leave('01B', 61_000, 'production/checkout/files');
    await scene.store(stream('echo 1'));
    expect(await parts()).toEqual([other]);
  });

  it('is removed at once by the next attempt of the same backup', async () => {
    await leave('01J', 0);
    await scene.store(stream('echo 1'), { attempt: 2 });
    expect(await parts()).toEqual([]);
  });

  it('is never a stored backup, whatever its age, nor the sidecar of one that somebody took away', async () => {
    const { snapshot } = await scene.store(stream('echo 1'));
    const { archive, sidecar } = filesOf(scene.folder, snapshot);
    await utimes(archive, 0, 0);
    await prune({ folder: scene.folder, abandonedAfterMs: 0 }, nothing);
    expect(await stored()).toHaveLength(2);
    await rm(archive);
    await utimes(sidecar, 0, 0);
    await prune({ folder: scene.folder, abandonedAfterMs: 0 }, nothing);
    expect(await stored()).toHaveLength(1);
  });

  it('cannot be finished any more by an attempt that was taken for dead', async () => {
    const release = join(scene.root, 'release');
    const slow = scene.store(stream(`echo 1; while [ ! -e '${release}' ]; do sleep 0.02; done`), { attempt: 1 });
    slow.catch(() => undefined);
    expect(await until(async () => (await parts()).length > 0)).toBe(true);
    await scene.store(stream('echo 2'), { attempt: 2 });
    await writeFile(release, '');
    await expect(slow).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect((await find({ folder: scene.folder, backup: '01J' }, nothing)).map(({ attempt }) => attempt)).toEqual([2]);
  });
});

it('is refused where there is no repository: a disk that is not mounted takes nothing in', async () => {
  const folder = join(scene.root, 'empty');
  await mkdir(folder);
  const request = { backup: '01J', attempt: 1, source: SOURCE, content: stream('echo 1') };
  await expect(store({ folder, keys: scene.keys, abandonedAfterMs: 1_000, request }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  expect(await readdir(folder)).toEqual([]);
});
