import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { whenPostgres15 } from '../support/postgres-15.js';
import { whenResticIsThere } from '../support/restic.js';
import { type DataScene, openDataScene } from '../support/stack/data-scene.js';
import type { RestoreAnswer } from '../support/stack/data-user.js';
import { addressOf, keptService } from '../support/stack/kept-service.js';
import type { OrdersDatabase } from '../support/stack/orders-database.js';

const NAMES = ['one', 'two', 'three', 'four', 'five'] as const;
const BACKED_UP = { count: 20, highest: 20 };
const LIVE = { count: 5, highest: 5 };
/** From the message to the beginning of a swap, and what one to the end of it may take on a machine that is busy. */
const LEAST_MS = 100;
const WITHIN_MS = 500;

whenResticIsThere((restic) => whenPostgres15(() => {
  describe('kill -9 of the worker at any instant around five swaps at once', () => {
    let scene: DataScene;
    let databases: readonly OrdersDatabase[];
    let watch: Watch;
    let restores: readonly string[];
    beforeAll(async () => {
      scene = await openDataScene({ restic, repositories: NAMES });
      databases = await Promise.all(NAMES.map(describeDatabase));
      watch = watchNames(scene);
      restores = await Promise.all(NAMES.map((name) => scene.data.restore({ ...addressOf(name, 'orders'), swap: true })));
      await all((restore) => restore.phase === 'waiting');
    }, 120_000);
    afterAll(async () => {
      await watch?.stop();
      await scene?.close();
    }, 60_000);

    it('after the approval: each is swapped, once and whole', async () => {
      await killAround('approve', { gate: 'people' });
      await all(({ phase, live }) => phase === 'keeping' && live === 'restored');
      await eachHolds(BACKED_UP);
      expect(await leftovers()).toEqual(NAMES.map(() => 1));
    }, 90_000);

    it('after an abort: each has its rows from before, and nothing beside them', async () => {
      await killAround('abort');
      await all(({ phase, live, from }) => phase === 'rolled-back' && live === 'old' && from === 'record');
      await eachHolds(LIVE);
      expect(await leftovers()).toEqual(NAMES.map(() => 0));
    }, 90_000);

    it('at every look every database was there', async () => {
      expect(await watch.stop()).toEqual({ wrong: [], looked: true });
    }, 30_000);

    async function describeDatabase(name: string): Promise<OrdersDatabase> {
      const { database, postgres } = await scene.orders(name, BACKED_UP.count);
      await scene.api.put(name, keptService({ service: name, backups: { orders: { postgres, repository: name, restore: { gate: 'people', keepOld: '1h' } } } }));
      expect(await scene.data.backedUp(addressOf(name, 'orders'))).toMatchObject({ state: 'verified' });
      await database.deleteAbove(LIVE.count);
      return database;
    }

    /** Each is told a moment after the one before, so that the blow meets them at different places. */
    async function killAround(kind: string, body: object = {}): Promise<void> {
      const blow = sleep(LEAST_MS + Math.random() * WITHIN_MS).then(() => scene.killWorkers());
      const told = Promise.all(restores.map(async (restore) => {
        await sleep(Math.random() * WITHIN_MS);
        return scene.data.control(restore, kind, body);
      }));
      const [survivors, answers] = await Promise.all([blow, told]);
      expect(survivors).toEqual([]);
      // An update that no worker took in time may still count: told again, it must at least be known.
      await Promise.all(restores.map(async (restore, index) => answers[index]?.status === 200 || scene.data.control(restore, kind, body)));
    }

    async function all(condition: (restore: RestoreAnswer) => boolean): Promise<void> {
      await Promise.all(restores.map((restore) => scene.data.restoreIs(restore, condition)));
    }

    async function eachHolds(rows: object): Promise<void> {
      expect(await Promise.all(databases.map((database) => database.orders()))).toEqual(NAMES.map(() => rows));
    }

    async function leftovers(): Promise<readonly number[]> {
      return Promise.all(databases.map(async (database) => (await database.leftovers()).length));
    }
  });
}));

interface Watch {
  stop(): Promise<{ readonly wrong: readonly unknown[]; readonly looked: boolean }>;
}

/** Looks again and again whether each of the databases is there. */
function watchNames({ postgres }: DataScene): Watch {
  const wrong: unknown[] = [];
  let [going, looks] = [true, 0];
  const watching = (async () => {
    for (; going; looks += 1) {
      const rows = await postgres.run('postgres', `SELECT datname FROM pg_database WHERE datname IN (${NAMES.map((name) => `'${name}'`).join()})`);
      if (rows.length !== NAMES.length) wrong.push(rows);
      await sleep(5);
    }
  })();
  return { stop: async () => { going = false; await watching; return { wrong, looked: looks > 10 }; } };
}
