import { open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SourceAddress } from '../../../src/domain/backup/plan.js';
import type { DataScene } from '../../support/stack/data-scene.js';
import { codeIn } from '../../support/stack/data-user.js';
import { addressOf, keptService } from '../../support/stack/kept-service.js';
import { type NoticeReceiver, startNoticeReceiver } from '../../support/stack/notice-receiver.js';
import { createOrdersFolder } from '../../support/stack/orders-folder.js';
import { until } from '../../support/until.js';

const DAMAGES = {
  'a flipped byte': flipByte,
  'a truncated file': async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2)),
  'a missing file': async (path: string) => rm(path),
} as const;
const KINDS = ['a flipped byte', 'a truncated file', 'a missing file'] as const;

/** Bytes of backups are changed where they lie, in the repositories `damaged` and `shelf`. */
export function describeDamagedBackups(scene: () => DataScene): void {
  describe('a backup whose bytes are not what was stored', () => {
    let receiver: NoticeReceiver;
    beforeAll(async () => { receiver = await startNoticeReceiver(); });
    afterAll(async () => { await receiver?.close(); });

    describe('in a repository of restic', () => {
      suite('damaged-shop', 'orders.dump', async () => {
        const { database, postgres } = await scene().orders('damaged-shop', 200);
        await scene().api.put('damaged-shop', keptService({ service: 'damaged-shop', receiver: receiver.url, backups: { orders: { postgres, repository: 'damaged' } } }));
        return { folder: join(scene().restic('damaged').repository, 'data'), change: () => database.add(100) };
      });
    });

    describe('in a repository of archives', () => {
      suite('damaged-store', null, async () => {
        const folder = await createOrdersFolder(join(scene().home.folder, 'orders of the damaged store'), ['1.json', '2.json'], 20_000);
        let added = 2;
        await scene().api.put('damaged-store', keptService({ service: 'damaged-store', receiver: receiver.url, backups: { orders: { directory: { path: folder.path }, repository: 'shelf' } } }));
        return { folder: scene().archive.folder, change: () => folder.add(`${(added += 1)}.json`) };
      });
    });

    /** @param file that the damage must name; null: it may name what could not be read at all */
    function suite(service: string, file: string | null, describeSource: () => Promise<Changing>): void {
      const address = addressOf(service, 'orders');
      let whole: string;
      const damaged: Partial<Record<keyof typeof DAMAGES, string>> = {};
      beforeAll(async () => {
        const source = await describeSource();
        whole = await backedUp(address);
        for (const kind of KINDS) {
          const before = await filesBelow(source.folder);
          await source.change();
          damaged[kind] = await backedUp(address);
          const added = (await filesBelow(source.folder)).filter(({ path }) => !before.some((one) => one.path === path));
          await DAMAGES[kind](added.toSorted((a, b) => b.size - a.size)[0]?.path ?? '');
        }
      }, 120_000);

      for (const kind of KINDS) {
        it(`${kind}: is marked, named and told, and never restored`, async () => {
          const id = damaged[kind] ?? '';
          const found = await scene().data.verifiedAgain(id);
          expect(found).toMatchObject({ state: 'damaged' });
          expect(found.damage.length).toBeGreaterThan(0);
          if (file !== null) expect(found.damage[0]).toMatchObject({ file });
          expect(await until(() => receiver.notices.some((notice) => notice.kind === 'backup-damaged' && notice.run === id && notice.text.includes(id)), 30_000)).toBe(true);
          const refused = await scene().api.ask('POST', '/restores', { backup: id, swap: true });
          expect([refused.status, codeIn(refused)]).toEqual([409, 'BACKUP_DAMAGED']);
        }, 90_000);
      }

      it('the newest that is whole is the latest', async () => {
        expect(await scene().data.chosen(address)).toBe(whole);
        expect(await scene().data.verifiedAgain(whole)).toMatchObject({ state: 'verified', damage: [] });
      }, 60_000);
    }

    async function backedUp(address: SourceAddress): Promise<string> {
      const { id, state } = await scene().data.backedUp(address);
      expect(state).toBe('verified');
      return id;
    }
  });
}

interface Changing {
  /** Where the repository keeps its bytes. */
  readonly folder: string;
  /** So that the next backup has bytes of its own. */
  readonly change: () => Promise<void>;
}

async function filesBelow(folder: string): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return Promise.all(entries.filter((entry) => entry.isFile()).map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return { path, size: (await stat(path)).size };
  }));
}

async function flipByte(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const at = Math.floor((await file.stat()).size / 2);
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  } finally {
    await file.close();
  }
}
