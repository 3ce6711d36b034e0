import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type HaproxyFixture, type RunningHaproxy, startHaproxy } from '../support/haproxy.js';
import { whenInstalled } from '../support/programs.js';
import { get } from '../support/router-scene.js';
import { haproxyPercents } from '../support/stack/candidate-shares.js';
import { type Home, openHome } from '../support/stack/home.js';
import type { Program } from '../support/stack/program.js';
import { type SlipwayStack, startSlipway } from '../support/stack/slipway-stack.js';
import { storefront } from '../support/stack/storefront-definition.js';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.js';
import { until } from '../support/until.js';

const BACKEND = 'storefront-test';
const answer = z.object({ version: z.string() });

whenInstalled(['haproxy', 'env'], () => {
  describe('a pair of HAProxies, one of which restarts without its state file', () => {
    let home: Home;
    let haproxy: HaproxyFixture;
    let temporal: TemporalServer;
    let database: TestDatabase;
    let slipway: SlipwayStack;
    let worker: Program;
    let [a, b]: RunningHaproxy[] = [];

    beforeAll(async () => {
      [home, haproxy, temporal, database] = await Promise.all([openHome(), startHaproxy({ backend: BACKEND, instances: 2 }), startTemporalServer(), createTestDatabase()]);
      [a, b] = haproxy.instances;
      const instances = Object.fromEntries(haproxy.instances.map(({ name, admin, mapFolder, stateFile }) => [name, { socket: admin, maps: mapFolder, stateFile }]));
      slipway = await startSlipway({ home, temporal, database, routers: { edge: { haproxy: { instances } } } });
      worker = slipway.worker;
      await slipway.api.put('storefront', storefront({ backend: BACKEND, steps: [{ traffic: '20%', bake: '10m' }] }));
      expect(await slipway.api.ended(await deploy('v1'))).toMatchObject({ phase: 'succeeded' });
    }, 120_000);
    afterAll(async () => {
      await slipway?.close();
      await home?.close();
      await Promise.all([haproxy?.stop(), temporal?.stop(), database?.drop()]);
    }, 60_000);

    it('has its servers again within a reading of a canary, and the candidate no more than its share', async () => {
      const id = await canary();
      await restartWithoutServers();
      expect(await until(async () => (await servedBy(b)).length === 100, 10_000)).toBe(true);
      const versions = [...await servedBy(b), ...await servedBy(b)];
      expect(versions.filter((version) => version === 'v2').length).toBeLessThan(80);
      expect(await until(async () => (await slipway.api.eventKinds(id)).includes('router-restored'), 10_000)).toBe(true);
      await slipway.api.control(id, 'abort');
      const ended = await slipway.api.ended(id);
      expect(ended).toMatchObject({ phase: 'rolled-back' });
      expect(ended.notes.join()).toContain('router instance b had lost servers');
      await bothServe('v1');
    }, 60_000);

    it('has stable again before a rollback ends', async () => {
      const id = await canary();
      const restarted = restartWithoutServers();
      await slipway.api.control(id, 'abort');
      await restarted;
      expect(await slipway.api.ended(id)).toMatchObject({ phase: 'rolled-back' });
      await bothServe('v1');
    }, 60_000);

    it('has stable again when the next deployment begins, after a restart between two', async () => {
      await restartWithoutServers();
      const id = await canary();
      await bothAnswerWith(['v1', 'v2']);
      await slipway.api.control(id, 'abort');
      expect(await slipway.api.ended(id)).toMatchObject({ phase: 'rolled-back' });
      await bothServe('v1');
    }, 60_000);

    it('that is away at the end needs attention, and ends once it is dropped', async () => {
      const id = await canary();
      await b?.kill();
      await slipway.api.control(id, 'abort');
      const { waitsFor } = await slipway.api.when(id, ({ phase }) => phase === 'needs-attention', 60_000);
      expect(waitsFor).toContain('router instance b');
      expect(await servedBy(a)).toEqual(Array(100).fill('v1'));
      expect(await slipway.api.control(id, 'resolve', { drop: 'b' })).toMatchObject({ status: 200 });
      expect(await slipway.api.ended(id)).toMatchObject({ phase: 'rolled-back' });
      await b?.start();
    }, 120_000);

    it('is left out of everything while it is in maintenance', async () => {
      await maintenance(['b']);
      await b?.kill();
      await slipway.api.put('storefront', storefront({ backend: BACKEND, steps: [{ traffic: '20%', bake: '500ms' }] }));
      const ended = await slipway.api.ended(await deploy('v2'));
      expect(ended).toMatchObject({ phase: 'succeeded' });
      expect(ended.notes.join()).toContain('maintenance');
      expect(await servedBy(a)).toEqual(Array(100).fill('v2'));
      await restartWithoutServers();
      await maintenance([]);
      await slipway.api.put('storefront', storefront({ backend: BACKEND, steps: [{ traffic: '20%', bake: '10m' }] }));
      const id = await canary('v4');
      await slipway.api.control(id, 'abort');
      await slipway.api.ended(id);
      await bothServe('v2');
    }, 120_000);

    const deploy = (version: string): Promise<string> => slipway.api.deploy({ service: 'storefront', environment: 'test', version });

    async function canary(version = 'v2'): Promise<string> {
      const id = await deploy(version);
      const came = await until(async () => (await haproxyPercents(haproxy)).every((percent) => percent === 20), 20_000);
      if (!came) throw new Error(`the candidate never had 20 % everywhere: ${JSON.stringify(await slipway.api.deployment(id))}`);
      return id;
    }

    async function restartWithoutServers(): Promise<void> {
      await b?.kill();
      if (b) await rm(b.stateFile, { force: true });
      await b?.start();
    }

    async function bothServe(version: string): Promise<void> {
      for (const one of [a, b]) expect(await servedBy(one)).toEqual(Array(100).fill(version));
    }

    async function bothAnswerWith(versions: readonly string[]): Promise<void> {
      for (const one of [a, b]) expect(new Set(await servedBy(one))).toEqual(new Set(versions));
    }

    /** Written into the operator's file, which a worker reads at its start. */
    async function maintenance(names: readonly string[]): Promise<void> {
      const file = join(home.folder, 'slipway.config.yaml');
      const config = z.looseObject({ routers: z.looseObject({ edge: z.looseObject({ haproxy: z.looseObject({}) }) }) }).parse(JSON.parse(await readFile(file, 'utf8')));
      config.routers.edge.haproxy['maintenance'] = names;
      await writeFile(file, JSON.stringify(config));
      await worker.end('SIGKILL');
      worker = await slipway.startWorker();
    }
  });
});

/** The versions that answered a hundred requests; refusals are left out. */
async function servedBy(instance: RunningHaproxy | undefined): Promise<readonly string[]> {
  const answers = await Promise.all(Array.from({ length: 100 }, () => get(instance?.port ?? 0, '/').catch(() => undefined)));
  return answers.flatMap((one) => (one?.status === 200 ? [answer.parse(JSON.parse(one.body)).version] : []));
}
