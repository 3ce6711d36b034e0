import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { built } from '../../../test/support/stack/program.js';
import { LONGEST_MS } from '../../domain/duration.js';
import { createPrograms, type Programs } from '../../programs/programs.js';
import { fileEntry } from '../contract/scene.js';
import { createResticEngine, type ResticEngineOptions } from './restic-engine.js';

const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 100 });
const soon = () => AbortSignal.timeout(30_000);
const SNAPSHOT = 'a'.repeat(64);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-restic-program-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An engine over a program that says what it is told to, and writes down how it was called. */
async function arrange(script: string, over: Partial<ResticEngineOptions> = {}) {
  const program = join(folder, 'restic');
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${folder}/calls'\nenv >> '${folder}/env'\n${script}\n`);
  await chmod(program, 0o755);
  const engine = createResticEngine({
    name: 'vault', repository: 'rest:http://ann:pass@host/repo', password: async () => 'the password', program, programs, hashProducer: ['false'], readBack: ['false'], ...over,
  });
  return { engine, calls: () => readFile(join(folder, 'calls'), 'utf8'), env: () => readFile(join(folder, 'env'), 'utf8') };
}

/** Programs that are remembered. */
function watching() {
  const requests: Parameters<Programs['run']>[0][] = [];
  const watched: Programs = { ...programs, run: (request) => {
    requests.push(request);
    return programs.run(request);
  } };
  return { watched, requests };
}

const result = (over: object): string => JSON.stringify({ kind: 'result', bytes: 0, exitCode: 1, stderr: '', differences: [], brokeIn: null, missing: 0, ...over });
const recent = (rest: string): string => `case "$*" in version) echo 'restic 0.18.1 compiled with go';; ${rest} esac`;

describe('running restic', () => {
  it.each(['restic 0.16.4 compiled with go1.21', 'restic 0.14.0', 'nothing of the kind'])('is refused when it says %j', async (version) => {
    const { engine, calls } = await arrange(`echo '${version}'`);
    await expect(engine.prepare(soon())).rejects.toMatchObject({ code: 'ENGINE_TOO_OLD' });
    expect(await calls()).toBe('version\n');
  });

  it.each(['restic 0.17.0 compiled with go1.22', 'restic 1.0.0', '{"message_type":"version","version":"0.18.1"}'])('goes on when it says %j', async (version) => {
    const { engine } = await arrange(`echo '${version}'`);
    await expect(engine.prepare(soon())).resolves.toBeUndefined();
  });

  it.each([
    ['is killed', 'kill -9 $$'],
    ['runs out of memory', "echo 'fatal error: runtime: cannot allocate memory' >&2; exit 2"],
  ])('is not too old when it %s before it says its version, and is asked anew', async (_how, end) => {
    const { engine } = await arrange(`if [ -e '${folder}/asked' ]; then echo 'restic 0.18.1'; else touch '${folder}/asked'; ${end}; fi`);
    await expect(engine.prepare(soon())).rejects.toMatchObject({ code: 'ENGINE_DIED' });
    await expect(engine.prepare(soon())).resolves.toBeUndefined();
  });

  it('is PROGRAM_MISSING when it is not installed', async () => {
    const { engine } = await arrange('', { program: '/no/such/restic' });
    await expect(engine.prepare(soon())).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
  });

  it('gets the password in its environment and never as an argument', async () => {
    const { engine, calls, env } = await arrange(recent(''), { env: async () => ({ AWS_SECRET_ACCESS_KEY: 'of the bucket' }) });
    await engine.prepare(soon());
    expect(await calls()).not.toContain('the password');
    expect(await env()).toContain('RESTIC_PASSWORD=the password');
    expect(await env()).toContain('AWS_SECRET_ACCESS_KEY=of the bucket');
  });

  it('shows no secret of what it said', async () => {
    const { engine } = await arrange(recent('*) echo "Fatal: the password at http://ann:pass@host is odd" >&2; exit 1;;'));
    const error: unknown = await engine.unlock(soon()).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('is odd');
    expect(String(error)).not.toMatch(/the password|ann:pass/);
  });

  it('gives what goes through a whole backup as long as a definition may say', async () => {
    const { watched, requests } = watching();
    const { engine } = await arrange(recent('*backup*) exit 1;;'), { programs: watched });
    const content = { kind: 'stream', name: 'orders.dump', command: ['true'], env: {} } as const;
    await expect(engine.store({ backup: 'b', attempt: 1, source: 'production/checkout/orders', content }, () => undefined, soon())).rejects.toBeDefined();
    expect(requests.map(({ timeoutMs }) => timeoutMs)).toContain(LONGEST_MS);
  });

  it('reads packs that lie on this machine from its disk, and not from what was just written', async () => {
    const { watched, requests } = watching();
    const { engine } = await arrange(recent(''), { programs: watched, repository: folder, readBack: ['echo', result({ exitCode: 0 })] });
    expect(await engine.verify(SNAPSHOT, { files: {} }, () => undefined, soon())).toEqual([]);
    const [dropped, read] = requests.map(({ command }) => command).filter(([file]) => file === 'find' || file === 'echo');
    expect(dropped).toEqual(expect.arrayContaining(['find', join(folder, 'data'), 'iflag=nocache']));
    expect(read?.[0]).toBe('echo');
  });

  it('never removes all locks', async () => {
    const { engine, calls } = await arrange(recent(''));
    await engine.unlock(soon());
    expect(await calls()).toContain(' unlock\n');
    expect(await calls()).not.toContain('remove-all');
  });

  it('is REPOSITORY_UNREACHABLE when a short call does not end', async () => {
    const { engine } = await arrange(recent('*) exec sleep 60;;'), { limits: { shortMs: 300, retryLockMs: 0 } });
    await expect(engine.find('backup', soon())).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  });

  it('writes nothing of a backup that leads out of its folder', async () => {
    const node = (path: string, type: string) => `echo '${JSON.stringify({ message_type: 'node', struct_type: 'node', type, path })}'`;
    const { engine, calls } = await arrange(recent(`*ls*) ${node('/a', 'symlink')}; ${node('/a/passwd', 'file')};;`));
    const target = join(folder, 'target');
    await mkdir(target);
    await expect(engine.fetch(SNAPSHOT, target, () => undefined, soon())).rejects.toMatchObject({ code: 'UNSAFE_PATH' });
    expect(await calls()).not.toContain(' restore ');
    expect(await readdir(target)).toEqual([]);
  });

  it('takes the staging folder for full, not the repository, when a restore runs out of room', async () => {
    const { engine } = await arrange(recent("*restore*) echo 'write /target/a: no space left on device' >&2; exit 1;;"));
    const target = join(folder, 'target');
    await mkdir(target);
    await expect(engine.fetch(SNAPSHOT, target, () => undefined, soon())).rejects.toMatchObject({ code: 'STAGING_FULL' });
  });

  it('takes back the snapshot of a folder that could be read only in part', async () => {
    const summary = JSON.stringify({ message_type: 'summary', snapshot_id: SNAPSHOT, total_bytes_processed: 1, data_added_packed: 1 });
    const { engine, calls } = await arrange(recent(`*backup*) echo '${summary}'; exit 3;;`));
    await writeFile(join(folder, 'data'), '');
    const content = { kind: 'tree', root: folder, manifest: { files: {} } } as const;
    const request = { backup: 'b', attempt: 1, source: 'production/checkout/orders', content };
    await expect(engine.store(request, () => undefined, soon())).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    expect(await calls()).toContain(`forget -- ${SNAPSHOT}\n`);
  });

  it.each([
    ['is killed', "echo 'some words' >&2; kill -9 $$"],
    ['runs out of memory', "echo 'fatal error: runtime: out of memory' >&2; exit 2"],
    ['says nothing', 'exit 1'],
  ])('does not take a backup for damaged when restic %s', async (_how, end) => {
    const { engine } = await arrange(recent(`*restore*|*dump*) ${end};;`), { readBack: [process.execPath, built('engines/restic/read-back.js')] });
    const target = join(folder, 'target');
    await mkdir(target);
    await expect(engine.fetch(SNAPSHOT, target, () => undefined, soon())).rejects.toMatchObject({ code: 'ENGINE_DIED' });
    await expect(engine.verify(SNAPSHOT, { files: { a: fileEntry('a') } }, () => undefined, soon())).rejects.toMatchObject({ code: 'ENGINE_DIED' });
  }, 30_000);

  it('is no damage when what reads it back is killed', async () => {
    const { engine } = await arrange(recent(''), { readBack: ['sh', '-c', 'kill -9 $$'] });
    await expect(engine.verify(SNAPSHOT, { files: { a: fileEntry('a') } }, () => undefined, soon())).rejects.toMatchObject({ code: 'ENGINE_DIED' });
  });

  it('does not take a repository that cannot be opened for a damaged backup', async () => {
    const { engine } = await arrange(recent("*'cat config'*) echo 'words nobody knows' >&2; exit 1;; *) exit 1;;"));
    const target = join(folder, 'target');
    await mkdir(target);
    await expect(engine.fetch(SNAPSHOT, target, () => undefined, soon())).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });
});
