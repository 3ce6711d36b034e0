import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manifestOf, nothing, SOURCE } from '../../../test/support/archive-scene.js';
import { GUARDIAN_COMMAND } from '../../../test/support/programs/from-source.js';
import { whenAvailable, whenInstalled } from '../../../test/support/programs.js';
import { built } from '../../../test/support/stack/program.js';
import { until } from '../../../test/support/until.js';
import { type Guardian, startGuardian } from '../../programs/guardian.js';
import { startTimeOf } from '../../programs/process-identity.js';
import { createPrograms, type Programs } from '../../programs/programs.js';
import type { StoreRequest } from '../engine.js';
import { createArchiveEngine } from './archive-engine.js';
import { newIdentity } from './new-identity.js';

const PROGRAM = [process.execPath, built('engines/archive/program.js')];
const never = new AbortController().signal;

let root: string;
let identity: string;
let guardian: Guardian;
let programs: Programs;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-archive-engine-'));
  identity = await newIdentity();
  guardian = startGuardian({ command: GUARDIAN_COMMAND });
  programs = createPrograms({ guardian });
});
afterEach(async () => {
  await guardian.close();
  await rm(root, { recursive: true });
});

const folder = (): string => join(root, 'repository');
const engine = (program: readonly string[] = PROGRAM, at = folder()) => createArchiveEngine({ name: 'local', folder: at, identity: () => Promise.resolve(identity), programs, program });
const request = (content: StoreRequest['content']): StoreRequest => ({ backup: '01J', attempt: 1, source: SOURCE, content });
const stream = (...command: string[]): StoreRequest => request({ kind: 'stream', name: 'app.dump', command, env: {} });
const files = async (): Promise<string[]> => (await readdir(folder(), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name);

whenInstalled(['age', 'tar', 'sha256sum'], () => {
  describe('what the engine archive stored', () => {
    const shell = (script: string, snapshot: string, cwd: string) =>
      spawnSync('bash', ['-c', `set -o pipefail; age --decrypt --identity "$0" "$1" | ${script}`, join(root, 'key'), join(folder(), snapshot)], { cwd, encoding: 'utf8', maxBuffer: 100_000_000 });

    beforeEach(async () => {
      await writeFile(join(root, 'key'), identity);
      await engine().prepare(never);
      await mkdir(join(root, 'opened'));
    });

    it('opens with age and tar, and passes sha256sum', async () => {
      const data = join(root, 'data');
      await mkdir(join(data, 'a b'), { recursive: true });
      await writeFile(join(data, 'a b', 'back\\slash "x"'), 'content');
      await writeFile(join(data, 'MANIFEST.sha256'), 'of the user');
      const manifest = await manifestOf(data);
      const { snapshot } = await engine().store(request({ kind: 'tree', root: data, manifest }), nothing, never);
      const { status, stderr } = shell('tar -xz && sha256sum --check --strict MANIFEST.sha256', snapshot, join(root, 'opened'));
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(await manifestOf(join(root, 'opened', 'tree'))).toEqual(manifest);
    }, 60_000);

    it('gives a stream back by tar alone', async () => {
      const script = 'process.stdout.write("row ".repeat(5_000_000))';
      const { snapshot } = await engine().store(stream(process.execPath, '-e', script), nothing, never);
      const { stdout, stderr } = shell('tar -xzO stream | sha256sum', snapshot, root);
      expect({ stdout: stdout.slice(0, 64), stderr }).toEqual({ stdout: spawnSync('sh', ['-c', '"$0" -e "$1" | sha256sum', process.execPath, script], { encoding: 'utf8' }).stdout.slice(0, 64), stderr: '' });
      const checked = shell('tar -xz && sha256sum --check --strict MANIFEST.sha256', snapshot, join(root, 'opened'));
      expect({ status: checked.status, lines: checked.stdout.trim().split('\n') }).toEqual({ status: 0, lines: ['stream/app.dump.part-000001: OK', 'stream/app.dump.part-000002: OK'] });
    }, 60_000);
  });
});

describe('the engine archive', () => {
  it('stores, finds, verifies, fetches, forgets and prunes', async () => {
    const archive = engine();
    await archive.prepare(never);
    const stored = await archive.store(stream('seq', '100000'), nothing, never);
    expect(await archive.find('01J', never)).toEqual([{ snapshot: stored.snapshot, attempt: 1, stored }]);
    expect(await archive.verify(stored.snapshot, stored.manifest, nothing, never)).toEqual([]);
    await mkdir(join(root, 'output'));
    await archive.fetch(stored.snapshot, join(root, 'output'), nothing, never);
    expect(await manifestOf(join(root, 'output'))).toEqual(stored.manifest);
    await archive.unlock(never);
    await archive.forget([stored.snapshot], never);
    await archive.prune(never);
    expect(await files()).toEqual(['slipway-archive.age']);
  }, 60_000);

  it('tells how far it is while it works', async () => {
    const told: { bytes: number; text: string }[] = [];
    await engine().prepare(never);
    await engine().store(stream('sh', '-c', 'for i in 1 2 3 4 5 6; do head -c 17000000 /dev/zero; sleep 0.4; done'), (progress) => told.push(progress), never);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({ bytes: expect.any(Number), text: expect.stringMatching(/B, .*B\/s/) });
  }, 60_000);

  it('that is aborted ends its programs and leaves nothing', async () => {
    await engine().prepare(never);
    const abort = new AbortController();
    const reason = new Error('no longer wanted');
    const running = engine().store(stream('sh', '-c', `echo $$ > '${root}/pid'; head -c 20000000 /dev/urandom; exec sleep 60`), nothing, abort.signal);
    running.catch(() => undefined);
    const pid = (): Promise<string> => readFile(join(root, 'pid'), 'utf8').catch(() => '');
    expect(await until(async () => (await pid()).endsWith('\n') && (await files()).some((file) => file.endsWith('.part')), 30_000)).toBe(true);
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await files()).toEqual(['slipway-archive.age']);
    expect(startTimeOf(Number(await pid()))).toBeUndefined();
  }, 60_000);

  it('whose program is killed leaves nothing that can be found, and the next attempt clears it away', async () => {
    await engine().prepare(never);
    const pid = join(root, 'pid');
    const doomed = engine(['sh', '-c', 'echo $$ > "$0"; exec "$@"', pid, ...PROGRAM]);
    const running = doomed.store(stream('sh', '-c', 'head -c 20000000 /dev/urandom; exec sleep 60'), nothing, never);
    running.catch(() => undefined);
    expect(await until(async () => (await files()).some((file) => file.endsWith('.part')), 30_000)).toBe(true);
    process.kill(Number(await readFile(pid, 'utf8')), 'SIGKILL');
    await expect(running).rejects.toMatchObject({ code: 'ENGINE_DIED' });
    expect(await files()).toHaveLength(2);
    expect(await engine().find('01J', never)).toEqual([]);
    await engine().store({ ...stream('echo', 'row'), attempt: 2 }, nothing, never);
    expect((await files()).filter((file) => file.endsWith('.part'))).toEqual([]);
  }, 60_000);

  it('brings nothing half back', async () => {
    const archive = engine();
    await archive.prepare(never);
    const { snapshot } = await archive.store(stream('head', '-c', '3000000', '/dev/urandom'), nothing, never);
    spawnSync('truncate', ['--size', '2000000', join(folder(), snapshot)]);
    await mkdir(join(root, 'output'));
    await expect(archive.fetch(snapshot, join(root, 'output'), nothing, never)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    expect(await readdir(join(root, 'output'))).toEqual([]);
  }, 60_000);

  it('says so when its program dies', async () => {
    await expect(engine([process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")']).prepare(never)).rejects.toMatchObject({ code: 'ENGINE_DIED' });
    await expect(engine(['/no/such/program']).prepare(never)).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
  });
});

/** Runs a command where `place` is a disk of four megabytes, which nobody else sees and which is gone with it. */
const onSmallDisk = (place: string, command: readonly string[]): string[] =>
  ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', 'cp -a "$0/." "$0.kept" 2>/dev/null; mount -t tmpfs -o size=4m none "$0" && cp -a "$0.kept/." "$0" && exec "$@"', place, ...command];
const canMount = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']).status === 0;

whenAvailable(canMount ? [] : ['unshare with user namespaces'], () => {
  describe('a full disk', () => {
    it('is told of the repository', async () => {
      await engine().prepare(never);
      await expect(engine(onSmallDisk(folder(), PROGRAM)).store(stream('head', '-c', '20000000', '/dev/urandom'), nothing, never)).rejects.toMatchObject({ code: 'REPOSITORY_FULL' });
    }, 60_000);

    it('is told of the place where a backup is brought back', async () => {
      await engine().prepare(never);
      const { snapshot } = await engine().store(stream('head', '-c', '20000000', '/dev/urandom'), nothing, never);
      const output = join(root, 'output');
      await mkdir(output);
      await expect(engine(onSmallDisk(output, PROGRAM)).fetch(snapshot, output, nothing, never)).rejects.toMatchObject({ code: 'STAGING_FULL' });
    }, 60_000);
  });
});
