import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { whenPostgres15 } from '../support/postgres-15.js';
import { whenInstalled } from '../support/programs.js';
import { RESTIC_PASSWORD } from '../support/prepared-repository.js';
import { whenResticIsThere } from '../support/restic.js';
import { type DataScene, openDataScene } from '../support/stack/data-scene.js';
import { addressOf, keptService } from '../support/stack/kept-service.js';
import type { OrdersDatabase } from '../support/stack/orders-database.js';
import { describeDamagedBackups } from './backup/damaged-backups.js';
import { describeRefusals, refusingRepositories } from './backup/refusals.js';
import { createOrdersFolder, type OrdersFolder } from '../support/stack/orders-folder.js';

const run = promisify(execFile);
const LIMIT = { timeout: 60_000 };

whenResticIsThere((restic) => whenPostgres15(() => whenInstalled(['age', 'tar', 'sha256sum'], () => {
  describe('data of a service', () => {
    let scene: DataScene;
    beforeAll(async () => { scene = await openDataScene({ restic, repositories: ['vault', 'damaged'], more: (folder) => refusingRepositories(folder, restic) }); }, 120_000);
    afterAll(async () => { await scene?.close(); }, 60_000);

    describe('a PostgreSQL database that is backed up by restic while it is written to', () => {
      const address = addressOf('shop', 'orders');
      let database: OrdersDatabase;
      let backedUp: number;
      beforeAll(async () => {
        const made = await scene.orders('shop "orders"', 500);
        database = made.database;
        const checks = { 'none-is-missing': { query: 'SELECT count(*) = max(id) FROM orders' } };
        await scene.api.put('shop', keptService({ service: 'shop', backups: { orders: { postgres: made.postgres, repository: 'vault', restore: { keepOld: '1s', checks } } } }));
        const writing = keepWriting(database);
        const backup = await scene.data.backedUp(address);
        await writing.stop();
        expect(backup).toMatchObject({ state: 'verified', phase: 'succeeded', damage: [], cause: null });
        backedUp = Number(backup.fingerprint?.total);
        expect((await database.orders()).count).toBeGreaterThan(backedUp);
        await database.deleteAbove(100);
      }, 90_000);

      it('a dry run says in what live data differs, and touches nothing', async () => {
        const ended = await scene.data.restoreEnded(await scene.data.restore(address));
        expect(ended).toMatchObject({ phase: 'succeeded', live: 'old', safetyBackup: null, held: [], proof: { equal: true, differences: [], checks: expect.arrayContaining([{ name: 'none-is-missing', ok: true }]) } });
        expect(ended.proof?.delta.join()).toContain('orders');
        expect(await database.orders()).toEqual({ count: 100, highest: 100 });
        expect(await database.leftovers()).toEqual([]);
      }, 60_000);

      it('a restore brings every row back, and its safety backup every row that was there before it', async () => {
        const restored = await scene.data.restoreEnded(await scene.data.restore({ ...address, swap: true }));
        expect(restored).toMatchObject({ phase: 'succeeded', live: 'restored', held: [], proof: { equal: true } });
        expect(await database.orders()).toEqual({ count: backedUp, highest: backedUp });
        expect(await database.leftovers()).toEqual([]);
        expect(await scene.data.backup(restored.safetyBackup ?? '')).toMatchObject({ state: 'verified', trigger: 'safety' });

        const back = await scene.data.restoreEnded(await scene.data.restore({ backup: restored.safetyBackup, swap: true }));
        expect(back).toMatchObject({ phase: 'succeeded', live: 'restored' });
        expect(await database.orders()).toEqual({ count: 100, highest: 100 });
        expect(await database.leftovers()).toEqual([]);
      }, 120_000);

      it('a drill proves the newest backup and leaves nothing', async () => {
        const drill = await scene.data.drilled(address);
        expect(drill).toMatchObject({ state: 'proven' });
        expect((await scene.data.backup(drill.backup ?? '')).provenAt).not.toBeNull();
        expect(await database.leftovers()).toEqual([]);
      }, 60_000);

      it('restic itself finds the repository whole', async () => {
        const { repository } = scene.restic('vault');
        const env = { ...process.env, RESTIC_PASSWORD };
        await expect(run(restic, ['--repo', repository, '--no-cache', 'check', '--read-data'], { ...LIMIT, env })).resolves.toMatchObject({ stdout: expect.stringContaining('no errors were found') });
      }, 60_000);
    });

    describe('a folder that is kept as archives', () => {
      const address = addressOf('store', 'orders');
      let folder: OrdersFolder;
      beforeAll(async () => {
        folder = await createOrdersFolder(join(scene.home.folder, 'orders of the store'), ['1.json', '2.json', '3 "three".json']);
        await scene.api.put('store', keptService({ service: 'store', backups: { orders: { directory: { path: folder.path }, repository: 'shelf', restore: { keepOld: '1s' } } } }));
        expect(await scene.data.backedUp(address)).toMatchObject({ state: 'verified', fingerprint: { items: 3 } });
        await folder.remove('2.json');
        await folder.add('4.json');
      }, 60_000);

      it('is shown by a dry run what differs, and is not touched', async () => {
        const ended = await scene.data.restoreEnded(await scene.data.restore(address));
        expect(ended).toMatchObject({ phase: 'succeeded', live: 'old', proof: { equal: true } });
        expect(ended.proof?.delta.join()).toContain('2.json');
        expect(await folder.orders()).toEqual(['1.json', '3 "three".json', '4.json']);
      }, 60_000);

      it('comes back as it was, with nothing beside it, and a drill proves what it came from', async () => {
        const restored = await scene.data.restoreEnded(await scene.data.restore({ ...address, swap: true }));
        expect(restored).toMatchObject({ phase: 'succeeded', live: 'restored' });
        expect(await folder.orders()).toEqual(['1.json', '2.json', '3 "three".json']);
        expect(await scene.data.backup(restored.safetyBackup ?? '')).toMatchObject({ state: 'verified', trigger: 'safety' });
        expect(await scene.data.drilled(address)).toMatchObject({ state: 'proven', backup: restored.backup });
      }, 60_000);

      it('opens with nothing but age, tar and sha256sum', async () => {
        const { snapshot } = await scene.data.backedUp(address);
        const opened = join(scene.home.folder, 'opened');
        await mkdir(opened);
        const { folder: shelf, identityFile } = scene.archive;
        const script = 'set -e; age --decrypt --identity "$0" "$1" | tar -xzf - -C "$2"; cd "$2"; sha256sum --check --quiet MANIFEST.sha256; ls tree';
        const { stdout } = await run('/bin/bash', ['-o', 'pipefail', '-c', script, identityFile, join(shelf, snapshot ?? ''), opened], LIMIT);
        expect(stdout.trim().split('\n')).toEqual(await folder.orders());
      }, 60_000);
    });

    describeDamagedBackups(() => scene);
    describeRefusals(() => scene);
  });
})));

/** Adds rows until it is stopped, each in a transaction of its own. */
function keepWriting(database: OrdersDatabase): { stop(): Promise<void> } {
  let going = true;
  const written = (async () => {
    while (going) await database.add(1);
  })();
  return { stop: async () => { going = false; await written; } };
}
