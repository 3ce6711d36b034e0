import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { whenPostgres15 } from '../support/postgres-15.js';
import { whenResticIsThere } from '../support/restic.js';
import { type DataScene, openDataScene } from '../support/stack/data-scene.js';
import { addressOf, keptService } from '../support/stack/kept-service.js';
import type { RestoreAnswer } from '../support/stack/data-user.js';
import type { OrdersDatabase } from '../support/stack/orders-database.js';
import { type Descendant, freeze } from '../support/stack/process-tree.js';
import { until } from '../support/until.js';

/** A service, a database and a repository for each stage: they are at it side by side, and one blow hits them all. */
const STAGES = ['fetching', 'filling', 'proving', 'swapping', 'swapping-again', 'swapping-back', 'dropping'] as const;
type Stage = (typeof STAGES)[number];

const BACKED_UP = { count: 300, highest: 300 };
const LIVE = { count: 100, highest: 100 };
/** Opening the repository alone takes seconds. */
const CRAWL_KIB = 1;

whenResticIsThere((restic) => whenPostgres15(() => {
  describe('kill -9 of the workers in the middle of restores', () => {
    let scene: DataScene;
    let survivors: readonly Descendant[];
    let hold: string;
    const databases = new Map<Stage, OrdersDatabase>();
    const restores = new Map<Stage, string>();
    beforeAll(async () => {
      scene = await openDataScene({ restic, repositories: STAGES });
      hold = join(scene.home.folder, 'hold');
      await Promise.all([...STAGES.map(describeDatabase), scene.startWorker()]);
      const stall = await of('filling').stallRestores();
      await writeFile(hold, '');
      await scene.restic('fetching').slow('restore', CRAWL_KIB);
      await Promise.all(STAGES.map(async (stage) => restores.set(stage, await scene.data.restore({ ...addressOf(stage, 'orders'), swap: true }))));
      await Promise.all([
        scene.restic('fetching').locked('restore').then(() => freeze(scene.restic('fetching').repository)),
        reached(stall.reached),
        reached(() => access(`${hold}.reached`).then(() => true, () => false)),
        ...(['swapping', 'swapping-again'] as const).map((stage) => is(stage, 'waiting')),
        ...(['swapping-back', 'dropping'] as const).map((stage) => is(stage, 'keeping')),
      ]);
      const pins = await Promise.all([pinned('swapping-again', 'approve', { gate: 'people' }), pinned('swapping-back', 'abort'), pinnedOld()]);
      const unpin = await pinned('swapping', 'approve', { gate: 'people' });
      survivors = await scene.killWorkers(async () => {
        // The server has the whole transaction, and nobody who would hear of its end.
        await unpin();
        // This one ends without an answer too, and without a change.
        await reached(async () => !(await of('swapping-again').pinnedIsWaitedFor()));
        await Promise.all(pins.map((each) => each()));
      });
      await Promise.all([scene.restic('fetching').release(), stall.letGo(), rm(hold)]);
    }, 180_000);
    afterAll(async () => { await scene?.close(); }, 60_000);

    it('nothing that they had started still runs', () => {
      expect(survivors).toEqual([]);
    });

    it('while restic restores the files: it starts anew, and the restored rows are live', () => endsRestored('fetching'), 90_000);

    it('while pg_restore fills the copy: it starts anew, and the restored rows are live', () => endsRestored('filling'), 90_000);

    it('while the copy is proven: it is proven anew, and the restored rows are live', async () => {
      expect((await endsRestored('proving')).proof).toMatchObject({ equal: true, checks: expect.arrayContaining([{ name: 'held', ok: true }]) });
    }, 90_000);

    it('after the swap was sent and before it was answered: it is found done', () => endsRestored('swapping'), 90_000);

    it('while the swap waits and is given up by the server: it is done anew', () => endsRestored('swapping-again'), 90_000);

    it('while it is swapped back: the rows from before are live', async () => {
      const ended = await scene.data.restoreEnded(restores.get('swapping-back') ?? '');
      expect(ended).toMatchObject({ phase: 'rolled-back', live: 'old', held: [], cause: { code: 'ABORTED' } });
      await holds('swapping-back', LIVE);
    }, 90_000);

    it('while the old database is dropped: it goes, and the restored rows stay', () => endsRestored('dropping'), 90_000);

    it('every database can be backed up and restored as if nothing had been', async () => {
      await Promise.all(STAGES.map(async (stage) => expect(await scene.data.backedUp(addressOf(stage, 'orders'))).toMatchObject({ state: 'verified', notes: [] })));
      await Promise.all((['fetching', 'swapping-back'] as const).map(async (stage) => expect(await scene.data.drilled(addressOf(stage, 'orders'))).toMatchObject({ state: 'proven' })));
    }, 120_000);

    async function describeDatabase(stage: Stage): Promise<void> {
      const { database, postgres } = await scene.orders(stage, BACKED_UP.count);
      databases.set(stage, database);
      await scene.api.put(stage, keptService({ service: stage, backups: { orders: { postgres, repository: stage, restore: restoreOf(stage) } } }));
      expect(await scene.data.backedUp(addressOf(stage, 'orders'))).toMatchObject({ state: 'verified' });
      await database.deleteAbove(LIVE.count);
    }

    function restoreOf(stage: Stage): object {
      const keepOld = stage === 'swapping-back' || stage === 'dropping' ? '1h' : '1s';
      const held = { command: ['/bin/sh', '-c', ': > "$0.reached"; while [ -e "$0" ]; do sleep 0.05; done', hold] };
      return { keepOld, ...(stage.startsWith('swapping') && stage !== 'swapping-back' ? { gate: 'people' } : {}), ...(stage === 'proving' ? { checks: { held } } : {}) };
    }

    function of(stage: Stage): OrdersDatabase {
      const database = databases.get(stage);
      if (!database) throw new Error(`no database ${stage}`);
      return database;
    }

    function is(stage: Stage, phase: RestoreAnswer['phase']): Promise<RestoreAnswer> {
      return scene.data.restoreIs(restores.get(stage) ?? '', (restore) => restore.phase === phase);
    }

    /** Told to go on, and kept from it by the server. @returns what lets it go on */
    async function pinned(stage: Stage, kind: string, body: object = {}, name: string = stage): Promise<() => Promise<void>> {
      const unpin = await of(stage).pin(name);
      const answer = await scene.data.control(restores.get(stage) ?? '', kind, body);
      expect(answer).toMatchObject({ status: 200 });
      await reached(() => of(stage).pinnedIsWaitedFor(name));
      return unpin;
    }

    async function pinnedOld(): Promise<() => Promise<void>> {
      const [old] = await of('dropping').leftovers();
      return pinned('dropping', 'skip', {}, old ?? '');
    }

    async function endsRestored(stage: Stage): Promise<RestoreAnswer> {
      const ended = await scene.data.restoreEnded(restores.get(stage) ?? '');
      expect(ended).toMatchObject({ phase: 'succeeded', live: 'restored', held: [], cause: null, proof: { equal: true, differences: [] } });
      await holds(stage, BACKED_UP);
      return ended;
    }

    async function holds(stage: Stage, rows: object): Promise<void> {
      expect(await of(stage).orders()).toEqual(rows);
      expect(await of(stage).leftovers()).toEqual([]);
    }
  });
}));

async function reached(condition: () => Promise<boolean>): Promise<void> {
  if (!(await until(condition, 60_000, 50))) throw new Error(`never: ${condition.toString()}`);
}
