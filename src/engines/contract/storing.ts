import { readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { aRequest, aStream, BACKUP, fileEntry, IGNORED, makeTree, type SceneHolder, soon, store } from './scene.js';

const BIG_BYTES = 9_000_000;

export function describeStoring(scene: SceneHolder, withinMs: number): void {
  describe('storing', () => {
    it('keeps the output of a program as one file, with its size and hash as they were produced', async () => {
      const stored = await store(scene().engine, aStream('process.stdout.write("orders")'));
      expect(stored).toMatchObject({ bytes: 6, manifest: { files: { 'orders.dump': fileEntry('orders') } } });
      expect(stored.storedBytes).toBeGreaterThan(0);
    }, withinMs);

    it.each(['my "orders".dump', 'ärger \' $(id) `x`', '-rf', 'a*b?[c]'])('keeps a file named %j', async (name) => {
      const { engine } = scene();
      const { snapshot, manifest } = await store(engine, aStream('process.stdout.write("x")', { name }));
      expect(Object.keys(manifest.files)).toEqual([name]);
      expect(await engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
    }, withinMs);

    it('takes a program that prints nothing for one that failed, as no source is read so', async () => {
      const { engine } = scene();
      await expect(store(engine, aStream(''))).rejects.toMatchObject({ code: 'PRODUCER_FAILED' });
      expect(await engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);

    it('keeps an output of many parts and says how far it is', async () => {
      const { engine } = scene();
      const said: number[] = [];
      const script = `const b = Buffer.alloc(1e6); for (let i = 0; i < ${BIG_BYTES / 1e6}; i++) { for (let j = 0; j < 1e6; j += 4) b.writeUInt32LE((i * 1e6 + j) * 2654435761 >>> 0, j); require("fs").writeSync(1, Buffer.from(b)); }`;
      const { snapshot, manifest, bytes } = await engine.store(aRequest(aStream(script)), ({ bytes: read }) => said.push(read), soon());
      expect(bytes).toBe(BIG_BYTES);
      expect(await engine.verify(snapshot, manifest, ({ bytes: read }) => said.push(read), soon())).toEqual([]);
      expect(said).toEqual(said.filter((read) => read >= 0 && read <= BIG_BYTES));
    }, withinMs);

    it('gives the program its arguments past no shell, and its environment, which the engine’s secrets are not in', async () => {
      const { engine, folder } = scene();
      const script = 'require("fs").writeFileSync(process.argv[1], JSON.stringify({ args: process.argv.slice(2), env: process.env })); console.log("done")';
      const seen = join(folder, 'seen.json');
      const command = [process.execPath, '-e', script, '--', seen, '$(id)', '; rm -rf x', '"', ''];
      await store(engine, { kind: 'stream', name: 'a', command, env: { PGPASSWORD: 'of the source' } });
      const { args, env }: { args: string[]; env: Record<string, string> } = JSON.parse(await readFile(seen, 'utf8'));
      expect(args).toEqual(command.slice(5));
      expect(env['PGPASSWORD']).toBe('of the source');
      expect(Object.keys(env).filter((name) => /^(RESTIC|AGE|SLIPWAY|AWS)_/.test(name) && process.env[name] === undefined)).toEqual([]);
    }, withinMs);

    it('stores nothing when the program fails, and passes on what it said', async () => {
      const { engine } = scene();
      const failing = aStream('process.stdout.write("half of it"); console.error("connection lost"); process.exitCode = 3');
      await expect(store(engine, failing)).rejects.toMatchObject({ code: 'PRODUCER_FAILED', message: expect.stringContaining('connection lost') });
      expect(await engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);

    it('stores nothing when a signal ended the program', async () => {
      const { engine } = scene();
      await expect(store(engine, aStream('process.stdout.write("half", () => process.kill(process.pid, "SIGKILL"))'))).rejects.toMatchObject({ code: 'PRODUCER_FAILED' });
      expect(await engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);

    it('names a program that is not there by code', async () => {
      const missing = aStream('', { command: ['/no/such/program'] });
      await expect(store(scene().engine, missing)).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
      expect(await scene().engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);

    it('shows no secret of the source in what it says', async () => {
      const failing = aStream('console.error("password hunter22 refused"); process.exitCode = 1', { env: { PGPASSWORD: 'hunter22' } });
      const error: unknown = await store(scene().engine, failing).catch((thrown: unknown) => thrown);
      expect(String(error)).not.toContain('hunter22');
    }, withinMs);

    it('leaves nothing that can be found when it is aborted in the middle', async () => {
      const { engine } = scene();
      const abort = new AbortController();
      const reason = new Error('no longer wanted');
      const endless = aStream('setInterval(() => process.stdout.write(Buffer.alloc(1e5)), 20); require("fs").writeFileSync(process.argv[1], "")', {});
      const begun = join(scene().folder, 'begun');
      const content = { ...endless, ...(endless.kind === 'stream' ? { command: [...endless.command, '--', begun] } : {}) };
      const storing = engine.store(aRequest(content), IGNORED, abort.signal);
      storing.catch(() => undefined);
      await appears(begun);
      abort.abort(reason);
      await expect(storing).rejects.toBe(reason);
      await engine.unlock(soon());
      expect(await engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);

    it('keeps a folder with odd names, empty files, empty folders and links', async () => {
      const { engine, folder } = scene();
      const tree = await makeTree(join(folder, 'data'), {
        'orders/1.json': '{"n":1}', 'with space/"quoted" \'.txt': 'q', 'ünï/cödé': 'u', '-rf': 'dash', empty: '', 'hollow/inner': { folder: true }, latest: { link: 'orders/1.json' },
        outside: { link: '/etc/hostname' }, dangling: { link: '../nowhere' }, [`long-${'x'.repeat(200)}`]: 'long', big: Buffer.alloc(3_000_000, 'z'),
      });
      const { snapshot, manifest } = await store(engine, tree);
      expect(manifest).toEqual(tree.manifest);
      expect(await engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
    }, withinMs);

    it('keeps an empty folder', async () => {
      const { engine, folder } = scene();
      const { snapshot, manifest } = await store(engine, await makeTree(join(folder, 'data'), {}));
      expect(await engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
    }, withinMs);

    it.each([
      ['vanished', (root: string) => rm(join(root, 'a'))],
      ['changed', (root: string) => writeFile(join(root, 'a'), 'something longer')],
    ])('stores nothing when a file has %s since the manifest was made', async (_how, change) => {
      const { engine, folder } = scene();
      const tree = await makeTree(join(folder, 'data'), { a: 'a', b: 'b' });
      await change(tree.root);
      await expect(store(engine, tree)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
      expect(await engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);

    it('names each attempt, newest last, and no other backup', async () => {
      const { engine } = scene();
      const first = await store(engine, aStream('console.log(1)'));
      const second = await store(engine, aStream('console.log(2)'), { attempt: 2 });
      await store(engine, aStream('console.log(3)'), { backup: '01JBBBBBBBBBBBBBBBBBBBBBBB' });
      expect((await engine.find(BACKUP, soon())).map(({ snapshot, attempt }) => ({ snapshot, attempt }))).toEqual([
        { snapshot: first.snapshot, attempt: 1 }, { snapshot: second.snapshot, attempt: 2 },
      ]);
      expect(await engine.find('01JCCCCCCCCCCCCCCCCCCCCCCC', soon())).toEqual([]);
    }, withinMs);

    it('says the truth about what it kept, or nothing', async () => {
      const { engine } = scene();
      const stored = await store(engine, aStream('console.log(1)'));
      for (const found of await engine.find(BACKUP, soon())) if (found.stored !== null) expect(found.stored).toEqual(stored);
    }, withinMs);

    it('refuses what is neither file nor link nor folder', async () => {
      const { engine, folder } = scene();
      const tree = await makeTree(join(folder, 'data'), { a: 'a' });
      spawnSync('mkfifo', [join(tree.root, 'pipe')]);
      const withPipe = { ...tree, manifest: { files: { ...tree.manifest.files, pipe: fileEntry('') } } };
      await expect(store(engine, withPipe)).rejects.toMatchObject({ code: expect.stringMatching(/^SOURCE_(UNSUPPORTED|CHANGED)$/) });
      expect(await engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);
  });
}

async function appears(file: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while ((await readFile(file).catch(() => undefined)) === undefined) {
    if (performance.now() > deadline) throw new Error(`${file} never came.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
