import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createResticScenes, type ResticScene } from '../../../test/support/restic-scene.js';
import { RESTIC_PASSWORD } from '../../../test/support/prepared-repository.js';
import { whenResticIsThere } from '../../../test/support/restic.js';
import { until } from '../../../test/support/until.js';
import { aRequest, aStream, BACKUP, IGNORED, soon, store } from '../contract/scene.js';

const WITHIN_MS = 60_000;
const ENDLESS = aStream('setInterval(() => process.stdout.write(Buffer.alloc(1e5)), 20)');

whenResticIsThere((program) => {
  describe('a restic that is killed', () => {
    const groups = new Set<number>();
    const scenes = createResticScenes(program, { watch: (group) => void groups.add(group), release: (group) => void groups.delete(group) });
    let scene: ResticScene;
    beforeEach(async () => {
      scene = await scenes.make();
    }, WITHIN_MS);
    afterEach(() => scene.close());

    /** A lock gets its name when it is whole. */
    const locks = async () => (await readdir(join(scene.repository, 'locks'))).filter((name) => /^[0-9a-f]{64}$/.test(name));

    /** Its whole group, as the guardian does when the worker has died. */
    async function storeAndKill(): Promise<void> {
      const storing = scene.engine.store(aRequest(ENDLESS), IGNORED, soon());
      const ended = storing.then(() => 'stored', () => 'failed');
      expect(await until(async () => (await locks()).length > 0, 30_000)).toBe(true);
      for (const group of groups) process.kill(-group, 'SIGKILL');
      expect(await ended).toBe('failed');
    }

    it('leaves a lock and no backup, and all goes on when the lock is taken away', async () => {
      await storeAndKill();
      expect(await locks()).toHaveLength(1);
      await scene.engine.unlock(soon());
      expect(await locks()).toEqual([]);
      expect(await scene.engine.find(BACKUP, soon())).toEqual([]);
      await scene.engine.prune(soon());
      const { snapshot, manifest } = await store(scene.engine, aStream('console.log("again")'), { attempt: 2 });
      expect(await scene.engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
    }, WITHIN_MS);

    it('keeps its lock while it lives, whoever unlocks, and the others are told by code', async () => {
      const abort = new AbortController();
      const storing = scene.engine.store(aRequest(ENDLESS), IGNORED, abort.signal).catch(() => undefined);
      expect(await until(async () => (await locks()).length > 0, 30_000)).toBe(true);
      await scene.engine.unlock(soon());
      await expect(scene.open({ limits: { retryLockMs: 0 } }).prune(soon())).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' });
      abort.abort(new Error('enough'));
      await storing;
    }, WITHIN_MS);
  });

  describe('what restic wrote', () => {
    const scenes = createResticScenes(program);

    it('is read by restic alone, found by the source, and whole, also in a repository that was made for it', async () => {
      const scene = await scenes.make();
      const repository = `${scene.repository} that was not there`;
      const engine = scene.open({ repository });
      await engine.prepare(soon());
      const stored = await store(engine, aStream('process.stdout.write("orders")'));
      const env = { ...process.env, RESTIC_PASSWORD };
      const run = (...args: string[]) => spawnSync(program, ['--no-cache', '-r', repository, ...args], { env, encoding: 'utf8', timeout: 30_000 });
      expect(run('check', '--read-data').status).toBe(0);
      expect(run('snapshots', '--tag', 'source=production/checkout/orders').stdout).toContain(stored.snapshot.slice(0, 8));
      expect(run('dump', stored.snapshot, '/orders.dump').stdout).toBe('orders');
      await scene.close();
    }, WITHIN_MS);
  });
});
