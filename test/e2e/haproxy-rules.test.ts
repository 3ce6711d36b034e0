import { execFile } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeEntry, type RouterEntry, type Slot, SLOTS } from '../../src/domain/router/entry.js';
import { fillSlots, type RouterScene, shift, stepTo } from '../../src/routers/contract/scene.js';
import { closeWhenStalled, converse } from '../../src/routers/haproxy/admin-connection.js';
import { backendOf } from '../../src/routers/haproxy/haproxy-config.js';
import { haproxyPersistUnit } from '../../src/routers/haproxy/persist-unit.js';
import { type RoutedRequest, slotFor } from '../../src/routers/routing-rule.js';
import type { Cell } from '../../src/routers/shift-rule.js';
import { type HaproxyFixture, haproxyRouterOf, type StartHaproxyOptions, startHaproxy } from '../support/haproxy.js';
import { typeInto } from '../support/haproxy-cli.js';
import { whenInstalled } from '../support/programs.js';
import { type Origins, startOrigins, trafficScene } from '../support/router-scene.js';

whenInstalled(['haproxy', 'socat'], () => {
  describe('the printed HAProxy configuration', () => {
    let origins: Origins;
    let haproxy: HaproxyFixture | undefined;
    beforeEach(async () => {
      origins = await startOrigins();
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

    async function start(options: StartHaproxyOptions = {}): Promise<{ scene: RouterScene; fixture: HaproxyFixture; backend: string }> {
      const fixture = await startHaproxy(options);
      haproxy = fixture;
      const { stopOrigins, ...traffic } = trafficScene(origins, fixture.instances[0]?.port ?? 0);
      const scene = { ...traffic, router: haproxyRouterOf(fixture), backend: fixture.backend, restart: async () => {}, restartWithoutFiles: async () => {}, close: stopOrigins };
      return { scene, fixture, backend: fixture.backend };
    }
  });
});

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
  await writeFile(path, script?.text ?? '');
  await chmod(path, 0o755);
  return path;
}
