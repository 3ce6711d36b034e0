import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backupWorkflowId } from '../../src/domain/backup/names.js';
import { whenPostgres15 } from '../support/postgres-15.js';
import { whenResticIsThere } from '../support/restic.js';
import { type DataScene, openDataScene } from '../support/stack/data-scene.js';
import { addressOf, keptService } from '../support/stack/kept-service.js';
import { createOrdersFolder } from '../support/stack/orders-folder.js';
import type { PacedRestic } from '../support/stack/paced-restic.js';
import { type Descendant, freeze } from '../support/stack/process-tree.js';
import { until } from '../support/until.js';

/** A service, a database and a repository for each stage: they are at it side by side, and one blow hits them all. */
const STAGES = ['storing', 'stored', 'verifying', 'forgetting', 'pruning'] as const;
type Stage = (typeof STAGES)[number];

const ORDERS = 3_000;
/** Slow enough to be met at its work: a dump of these orders takes ten seconds. */
const SLOW_KIB = 100;
/** Opening the repository alone takes seconds. */
const CRAWL_KIB = 1;

whenResticIsThere((program) => whenPostgres15(() => {
  describe('kill -9 of the workers in the middle of backups', () => {
    let scene: DataScene;
    let survivors: readonly Descendant[];
    const backups = new Map<string, string>();
    let first: string;
    beforeAll(async () => {
      scene = await openDataScene({ restic: program, repositories: STAGES });
      const second = scene.startWorker();
      await Promise.all([...STAGES.map(describeDatabase), describeFolder(), second]);
      first = (await scene.data.backedUp(of('forgetting'))).id;
      await Promise.all([
        bringTo('storing', () => restic('storing').slow('backup', SLOW_KIB), () => scene.movesBytes(backupWorkflowId(of('storing')), 'capture')),
        bringTo('stored', () => restic('stored').holdAfter('backup'), () => restic('stored').held('backup')),
        bringTo('verifying', () => restic('verifying').slow('dump', SLOW_KIB), () => restic('verifying').locked('dump')),
        bringTo('forgetting', () => restic('forgetting').slow('forget', CRAWL_KIB), () => restic('forgetting').locked('forget')),
        bringTo('pruning', () => restic('pruning').slow('prune', CRAWL_KIB), () => restic('pruning').locked('prune')),
        bringToPacking(),
      ]);
      survivors = await scene.killWorkers();
      await Promise.all(STAGES.map((stage) => restic(stage).release()));
    }, 180_000);
    afterAll(async () => { await scene?.close(); }, 60_000);

    it('nothing that they had started still runs', () => {
      expect(survivors).toEqual([]);
    });

    it('while restic stores a dump: it is stored anew, once', async () => {
      await endsWell('storing');
      expect(await snapshotsOf('storing')).toBe(1);
    }, 90_000);

    it('between the store and its answer: what counts is stored anew, and what nobody was told of goes', async () => {
      await endsWell('stored');
      expect(await restic('stored').calls('backup')).toBe(2);
      expect(await snapshotsOf('stored')).toBe(1);
    }, 90_000);

    it('while an archive is written: it is written anew, and the half of one does not count', async () => {
      await endsWell('packing');
      expect((await archives()).filter((name) => name.endsWith('.age'))).toHaveLength(1);
    }, 90_000);

    it('while a backup is read back: it is read back anew', async () => {
      await endsWell('verifying');
    }, 90_000);

    it('while restic forgets: what retention let go goes, and no lock stays', async () => {
      const { notes } = await endsWell('forgetting');
      expect(notes.join()).not.toContain('the next backup does it');
      expect(await scene.data.backup(first)).toMatchObject({ state: 'forgotten' });
      expect(await snapshotsOf('forgetting')).toBe(1);
    }, 90_000);

    it('while restic prunes: it prunes anew, and no lock stays', async () => {
      await endsWell('pruning');
      expect(await until(async () => (await restic('pruning').calls('prune')) === 2 && (await restic('pruning').locks()).length === 0, 80_000)).toBe(true);
    }, 90_000);

    it('backups and retention go on everywhere as if nothing had been', async () => {
      await Promise.all([...STAGES, 'packing'].map(async (stage) => {
        const { state, notes } = await scene.data.backedUp(of(stage));
        expect({ stage, state, notes }).toEqual({ stage, state: 'verified', notes: ['retention let 1 older backups go'] });
      }));
      expect(await Promise.all(STAGES.map((stage) => restic(stage).locks()))).toEqual(STAGES.map(() => []));
    }, 120_000);

    async function describeDatabase(stage: Stage): Promise<void> {
      const { postgres } = await scene.orders(stage, ORDERS);
      await scene.api.put(stage, keptService({ service: stage, backups: { orders: { postgres, repository: stage, keep: LAST_ONE } } }));
    }

    async function describeFolder(): Promise<void> {
      const { path } = await createOrdersFolder(join(scene.home.folder, 'packing'), ['1.bin', '2.bin'], 20_000_000);
      await scene.api.put('packing', keptService({ service: 'packing', backups: { orders: { directory: { path }, repository: 'shelf', keep: LAST_ONE } } }));
    }

    async function bringTo(stage: Stage, prepare: () => Promise<void>, reached: () => Promise<void>): Promise<void> {
      await prepare();
      backups.set(stage, await scene.data.backUp(of(stage)));
      await reached();
      freeze(restic(stage).repository);
    }

    async function bringToPacking(): Promise<void> {
      backups.set('packing', await scene.data.backUp(of('packing')));
      const written = async (): Promise<boolean> => (await archives()).some((name) => name.endsWith('.part'));
      if (!(await until(written, 60_000))) throw new Error('no archive is being written');
      freeze('archive/program.js');
    }

    function archives(): Promise<readonly string[]> {
      return readdir(join(scene.archive.folder, 'test', 'packing', 'orders')).catch(() => []);
    }

    function restic(stage: Stage): PacedRestic {
      return scene.restic(stage);
    }

    async function endsWell(stage: string): Promise<{ readonly notes: readonly string[] }> {
      const ended = await scene.data.backupEnded(backups.get(stage) ?? '', 60_000);
      expect(ended).toMatchObject({ state: 'verified', phase: 'succeeded', damage: [], cause: null });
      return ended;
    }

    async function snapshotsOf(stage: Stage): Promise<number> {
      return (await readdir(join(restic(stage).repository, 'snapshots'))).length;
    }
  });
}));

const LAST_ONE = { last: 1, daily: 0, weekly: 0, monthly: 0 };

function of(stage: string) {
  return addressOf(stage, 'orders');
}
