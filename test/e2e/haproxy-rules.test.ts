import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HaproxyAnswers, printedParts } from '../../src/cli/router/haproxy-files.js';
import { encodeEntry, type RouterEntry, type Slot, SLOTS } from '../../src/domain/router/entry.js';
import { allAnswered, fillSlots, type RouterScene, shift, stepTo } from '../../src/routers/contract/scene.js';
import { closeWhenStalled, converse } from '../../src/routers/haproxy/admin-connection.js';
import { backendOf, haproxyMap } from '../../src/routers/haproxy/haproxy-config.js';
import { haproxyPersistUnit } from '../../src/routers/haproxy/persist-unit.js';
import { type RoutedRequest, slotFor } from '../../src/routers/routing-rule.js';
import type { Cell } from '../../src/routers/shift-rule.js';
import { blockFile } from '../support/block-file.js';
import { type HaproxyFixture, haproxyRouterOf, type StartHaproxyOptions, startHaproxy } from '../support/haproxy.js';
import { typeInto } from '../support/haproxy-cli.js';
import { whenInstalled } from '../support/programs.js';
import type { OriginRoute } from '../support/origin.js';
import { get, type Origins, type SceneTraffic, startOrigins, trafficScene } from '../support/router-scene.js';

const NOBODY = 65_534;

whenInstalled(['haproxy', 'socat'], () => {
  describe('the printed HAProxy configuration', () => {
    let origins: Origins;
    let haproxy: HaproxyFixture | undefined;
    beforeEach(async () => {
      origins = await startOrigins({ '/quiet': quiet, '/who': who });
    });
    afterEach(async () => {
      await haproxy?.stop();
      await Promise.all([origins.blue.die(), origins.green.die()]);
    });

    it('chooses the slot exactly as the routing rule does', async () => {
      const { scene, backend, fixture } = await start();
      await fillSlots(scene);
      for (const up of [{ blue: true, green: true }, { blue: false, green: true }, { blue: true, green: false }, { blue: false, green: false }]) {
        for (const slot of SLOTS) await typeInto(fixture, () => `set server ${backendOf(backend, slot)}/s1 state ${up[slot] ? 'ready' : 'maint'}`);
        for (const cell of everyCell()) {
          await write(fixture, cell);
          for (const request of everyRequest()) {
            const slot = slotFor(request, cell, up);
            const expected = up[slot] ? { status: 200, slot } : { status: 503 };
            expect({ cell, up, request, answer: await scene.send(request) }).toEqual({ cell, up, request, answer: expected });
          }
        }
      }
      await scene.router.close();
    }, 60_000);

    it('is accepted as Debian’s package runs it, by root and by anybody else', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'hap-debian-'));
      const answers: HaproxyAnswers = {
        service: 'checkout', environment: 'production', port: '8080', places: '4', healthPath: '/healthz', maps: folder, stateFile: join(folder, 'servers.state'),
        socket: join(folder, 'admin.sock'), socketMode: '660', socketGroup: 'haproxy',
        timeoutConnect: '1s', timeoutQueue: '5s', timeoutClient: '60s', timeoutServer: '5m', timeoutTunnel: '1h',
      };
      await writeFile(join(folder, 'haproxy.cfg'), printedParts(answers));
      await writeFile(join(folder, 'checkout-production.map'), printedParts({ ...answers, only: 'map' }));
      await chmod(folder, 0o755);
      const check = (as: { readonly uid?: number }) => promisify(execFile)('haproxy', ['-c', '-q', '-f', join(folder, 'haproxy.cfg')], as);
      await expect(check({})).resolves.toBeDefined();
      // Who is not root checks it as whoever runs this.
      if (process.getuid?.() === 0) await expect(check({ uid: NOBODY })).resolves.toBeDefined();
      await rm(folder, { recursive: true });
    });

    it('does not repeat a request whose server is slow', async () => {
      const { scene } = await start({ timeouts: { server: '200ms' } });
      await fillSlots(scene);
      expect(await scene.outwait('green')).toEqual({ status: 504, tries: 1 });
      await scene.router.close();
    });

    it('cuts no event stream and no WebSocket that is quiet for longer than a server may be slow', async () => {
      const { scene, port } = await start({ timeouts: { server: '400ms' } });
      await fillSlots(scene);
      const { marks } = await scene.router.observe(scene.backend);
      const socket = await scene.upgrade('blue');
      const stream = get(port, '/quiet', { accept: 'text/event-stream', 'x-slipway-slot': 'blue' });
      // As quiet, and no event stream: it shows that the time is over.
      await expect(get(port, '/quiet', { 'x-slipway-slot': 'blue' })).rejects.toThrow();
      expect(await stream).toMatchObject({ status: 200, body: 'at last' });
      const [now] = (await scene.router.observe(scene.backend, marks)).instances;
      expect(now).toMatchObject({ slots: { blue: { load: { streaming: 1 } } } });
      await socket.leave();
      await scene.router.close();
    });

    it('tells the server whose request it is', async () => {
      const { scene, port } = await start();
      await fillSlots(scene);
      expect((await get(port, '/who', { 'x-slipway-slot': 'blue' })).body).toBe('127.0.0.1');
      await scene.router.close();
    });

    it('hangs up on a writer that stalls between its read and its write', async () => {
      const { fixture } = await start();
      const [{ admin, mapFolder } = { admin: '', mapFolder: '' }] = fixture.instances;
      const map = `${mapFolder}/${fixture.backend}.map`;
      const stalled = Array.from({ length: 5 }, () => converse({ socket: admin }, { connectTimeoutMs: 500, conversationTimeoutMs: 10_000 }, async (ask) => {
        await closeWhenStalled(ask);
        await ask(`show map ${map}`);
        await new Promise((resolve) => setTimeout(resolve, 2_500)); // the stall itself
        return ask(`set map ${map} ${fixture.backend} ${encodeEntry(stepTo(10_000))}`);
      }));
      for (const one of await Promise.allSettled(stalled)) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'ROUTER_UNREACHABLE' } });
    });

    it('answers many at the same time, so that watches do not hold up a pull', async () => {
      const { fixture } = await start();
      const { admin } = fixture.instances[0] ?? { admin: '' };
      const [many, limits] = [50, { connectTimeoutMs: 500, conversationTimeoutMs: 10_000 }];
      let answered = 0;
      let allAnswered = (): void => {};
      const together = new Promise<void>((resolve) => { allAnswered = resolve; });
      await Promise.all(Array.from({ length: many }, () => converse({ socket: admin }, limits, async (ask) => {
        await ask('show info');
        answered += 1;
        if (answered === many) allAnswered();
        // Nobody leaves before everybody was served.
        await together;
      })));
      expect(answered).toBe(many);
    });

    it('is driven over TCP as well, where nothing is kept on disk', async () => {
      const { scene, fixture } = await start({ admin: 'tcp' });
      expect(scene.router.capabilities.persists).toBe(false);
      await fillSlots(scene);
      expect(await shift(scene, stepTo(10_000))).toEqual(['done']);
      expect((await scene.send({ bucket: 1 })).slot).toBe('green');
      expect(await mapOnDisk(fixture)).not.toContain('10000');
    });

    it('has its memory written to disk by a shift, a pull and a change of servers', async () => {
      const { scene, fixture } = await start();
      await fillSlots(scene);
      await shift(scene, stepTo(2_500));
      await scene.router.pull(fixture.backend, stepTo(2_500).generation);
      expect(await mapOnDisk(fixture)).toContain(`${fixture.backend} ${encodeEntry(stepTo(2_500))}\n`);
      expect(await mapOnDisk(fixture)).toContain(`dead-${stepTo(2_500).generation} 1\n`);
      expect(await readFile(fixture.instances[0]?.stateFile ?? '', 'utf8')).toContain(` ${origins.green.port} `);
    });

    it('is kept on disk by the printed script', async () => {
      const { scene, fixture } = await start();
      await fillSlots(scene);
      await shift(scene, stepTo(2_500));
      const script = await installScript(fixture);
      await rm(fixture.instances[0]?.stateFile ?? '');
      await writeFile(mapFile(fixture), 'nothing of use\n');
      await promisify(execFile)(script);
      expect(await mapOnDisk(fixture)).toBe(`${fixture.backend} ${encodeEntry(stepTo(2_500))}\n`);
      await fixture.instances[0]?.kill();
      await fixture.instances[0]?.start();
      expect((await scene.send({ bucket: 1 })).slot).toBe('green');
    });

    it('over TCP is known to be saved while the printed script says so, which it does not when it fails', async () => {
      const { scene, fixture } = await start({ admin: 'tcp' });
      const persisted = async () => allAnswered(await scene.router.persist(fixture.backend)).map(({ persistence }) => persistence.persisted);
      expect(await persisted()).toEqual(['unknown']);
      const script = await installScript(fixture);
      await promisify(execFile)(script);
      expect(await persisted()).toEqual(['yes']);
      // What it marks is no part of what the worker understands, and comes back from the file.
      await shift(scene, stepTo(2_500));
      await promisify(execFile)(script);
      await fixture.instances[0]?.kill();
      await fixture.instances[0]?.start();
      expect(allAnswered(await scene.router.read(fixture.backend))[0]).toMatchObject({ entry: stepTo(2_500), tombstones: [] });
      expect(scene.router.persistence(fixture.backend)).toEqual([{ instance: 'a', persistence: { persisted: 'yes' } }]);
      await blockFile(mapFile(fixture), 'failing');
      const mark = () => typeInto(fixture, (map) => `show map ${map}`);
      const before = await mark();
      await expect(promisify(execFile)(script)).rejects.toMatchObject({ code: 1 });
      // So it grows old: `saved-mark.test.ts`.
      expect(await mark()).toEqual(before);
    });

    it('is written as a whole without what a worker was not told of', async () => {
      const { scene, fixture } = await start();
      await rm(fixture.instances[0]?.stateFile ?? '', { force: true });
      await writeFile(mapFile(fixture), 'nothing of use\n');
      for (const { persistence } of allAnswered(await scene.router.persist())) expect(persistence).toEqual({ persisted: 'yes' });
      expect(await mapOnDisk(fixture)).toBe(haproxyMap(fixture.backend));
      expect(await readFile(fixture.instances[0]?.stateFile ?? '', 'utf8')).toContain('# be_id');
    });

    it('leaves the files alone when the printed script finds no HAProxy', async () => {
      const { scene, fixture } = await start();
      await shift(scene, stepTo(2_500));
      const script = await installScript(fixture);
      const before = await mapOnDisk(fixture);
      await fixture.instances[0]?.kill();
      await expect(promisify(execFile)(script)).rejects.toMatchObject({ code: 1 });
      expect(await mapOnDisk(fixture)).toBe(before);
    });

    it('is answered within the limits by an instance that hangs', async () => {
      const { fixture } = await start({ instances: 2 });
      const hanging = fixture.instances[1]?.pid ?? 0;
      const router = haproxyRouterOf(fixture, { conversationTimeoutMs: 300 });
      process.kill(hanging, 'SIGSTOP');
      const report = await router.pull(fixture.backend, stepTo(1).generation);
      process.kill(hanging, 'SIGCONT');
      expect(report.instances).toEqual([{ instance: 'a', ok: true }, expect.objectContaining({ instance: 'b', ok: false, code: 'ROUTER_UNREACHABLE' })]);
    });

    async function start(options: StartHaproxyOptions = {}): Promise<{ scene: RouterScene & Pick<SceneTraffic, 'outwait'>; fixture: HaproxyFixture; backend: string; port: number }> {
      const fixture = await startHaproxy(options);
      haproxy = fixture;
      const { stopOrigins, ...traffic } = trafficScene(origins, fixture.instances[0]?.port ?? 0);
      const scene = { ...traffic, router: haproxyRouterOf(fixture), backend: fixture.backend, unknownBackend: 'nowhere-production', restart: async () => {}, restartWithoutFiles: async () => {}, close: stopOrigins };
      return { scene, fixture, backend: fixture.backend, port: fixture.instances[0]?.port ?? 0 };
    }
  });
});

/** A head at once, and its body three times as late as a server may be slow. */
const quiet: OriginRoute = (_request, response) => {
  response.writeHead(200);
  response.flushHeaders();
  setTimeout(() => response.end('at last'), 1_200);
};

const who: OriginRoute = (request, response) => void response.end(request.headers['x-forwarded-for']);

function everyCell(): Cell[] {
  const generation = '01JAAAAAAAAAAAAAAAAAAAAAAA.1';
  const entry = (stable: Slot, candidateShare: number): RouterEntry => ({ stable, phase: 'moving', generation, candidateShare, baselineShare: 0, deployment: 'x' });
  return SLOTS.flatMap((stable) => [0, 2_500, 10_000].flatMap((share) => [[], [generation]].map((tombstones) => ({ entry: entry(stable, share), tombstones }))));
}

function everyRequest(): RoutedRequest[] {
  return [0, 2_499, 2_500, 9_999].map((bucket): RoutedRequest => ({ bucket })).concat(SLOTS.map((override) => ({ bucket: 5_000, override })));
}

async function write(fixture: HaproxyFixture, { entry, tombstones }: Cell): Promise<void> {
  await typeInto(fixture, (map) => `set map ${map} ${fixture.backend} ${encodeEntry(entry)}`);
  await typeInto(fixture, (map) => `del map ${map} dead-${entry.generation}`);
  if (tombstones.length > 0) await typeInto(fixture, (map) => `add map ${map} dead-${entry.generation} 1`);
}

function mapFile({ instances, backend }: HaproxyFixture): string {
  return join(instances[0]?.mapFolder ?? '', `${backend}.map`);
}

async function mapOnDisk(fixture: HaproxyFixture): Promise<string> {
  return readFile(mapFile(fixture), 'utf8');
}

async function installScript(fixture: HaproxyFixture): Promise<string> {
  const [{ admin, mapFolder, stateFile } = { admin: '', mapFolder: '', stateFile: '' }] = fixture.instances;
  const [script] = haproxyPersistUnit({ backends: [fixture.backend], socket: admin, mapFolder, stateFile });
  const path = join(mapFolder, 'save');
  // Over TCP it has no other socket here; on its host it has one beside.
  await writeFile(path, script?.text.replace(/UNIX-CONNECT:(?!\/)/, 'TCP:') ?? '');
  await chmod(path, 0o755);
  return path;
}
