import { execFileSync } from 'node:child_process';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeCopy } from '../src/sources/contract/copies.js';
import { backUp, contextOf, RUN, type SourceScene } from '../src/sources/contract/scene.js';
import { folderScene } from './support/folder-scene.js';
import { POSTGRES_15_CLIENTS, startPostgres15 } from './support/postgres-15-server.js';
import { type Postgres15, whenPostgres15 } from './support/postgres-15.js';
import { type PostgresScene, postgresScene } from './support/postgres-scene.js';
import { whenInstalled } from './support/programs.js';
import { sqliteScene, whenSqlite } from './support/sqlite-scene.js';

const PAGES = ['../docs/backups.md', '../docs/restores.md'];
const pages = (await Promise.all(PAGES.map((page) => readFile(fileURLToPath(new URL(page, import.meta.url)), 'utf8')))).join('\n');

/** The commands of one part of the pages, as people would copy them. */
function blocksOf(heading: string): readonly string[] {
  const part = pages.slice(pages.indexOf(`\n${heading}\n`)).split(/\n#{2,3} /)[1] ?? '';
  return [...part.matchAll(/```(?:sql|sh)\n(.*?)```/gs)].map(([, block = '']) => block);
}

/** Of the run of these tests. */
function shell(folder: string, ...blocks: readonly string[]): void {
  execFileSync('sh', ['-euc', blocks.join('\n').replace(/^RUN=.*$/m, `RUN=${RUN}`)], { cwd: folder, timeout: 60_000 });
}

async function swapped(scene: SourceScene): Promise<void> {
  await scene.add('first');
  const kept = await backUp(scene);
  await scene.add('later');
  await makeCopy(scene, kept);
  await scene.source.swap(contextOf());
}

/** What a restore that still runs makes of it. */
async function isUnderstood({ source, keys, leftovers }: SourceScene): Promise<void> {
  expect(await source.swapBack(contextOf())).toMatchObject({ done: 'before' });
  await source.dropCopy(contextOf());
  expect(await keys()).toEqual(['first', 'later']);
  expect(await leftovers()).toEqual([]);
}

whenPostgres15(() => {
  describe('a database by hand, as the page tells it', () => {
    const [look = '', allowWrites = '', swapBack = '', swapIn = '', drop = ''] = blocksOf('### A database by hand');
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
      await server.run('postgres', 'CREATE ROLE storefront', 'CREATE DATABASE storefront OWNER storefront');
      const roles = blocksOf('### PostgreSQL')[0] ?? '';
      await server.run('postgres', ...roles.replaceAll(/^--.*$/gm, '').split(';').filter((statement) => statement.trim() !== ''), 'DROP DATABASE storefront');
    }, 60_000);
    afterAll(() => server.stop(), 60_000);
    beforeEach(async () => {
      const admin = server.url('slipway_restore', { name: 'slipway_restore', password: '…' });
      scene = await postgresScene(server, 'storefront', { adminUrl: async () => admin });
      await server.run('postgres', 'ALTER DATABASE storefront OWNER TO storefront');
      await server.run('storefront', 'ALTER TABLE "the Entries" OWNER TO storefront');
      await server.run('postgres', 'DROP DATABASE IF EXISTS slipway_restore', 'CREATE DATABASE slipway_restore OWNER slipway_restore');
    }, 60_000);
    afterEach(() => scene.close(), 60_000);

    function psql(...blocks: readonly string[]): string {
      const url = server.url('slipway_restore', { name: 'slipway_restore', password: '…' });
      const script = [look.replace(/^\\set run .*$/m, `\\set run ${RUN}`), ...blocks].join('\n');
      return execFileSync(join(POSTGRES_15_CLIENTS, 'psql'), ['-X', '-v', 'ON_ERROR_STOP=1', url], { input: script, encoding: 'utf8', timeout: 60_000 });
    }

    it('takes writes again', async () => {
      await scene.source.quiesce(contextOf());
      await scene.source.swapBack(contextOf());
      expect(psql()).toMatch(/storefront.*01JA/);
      psql(allowWrites);
      await scene.add('first');
      await scene.source.unquiesce(contextOf());
      expect(await scene.keys()).toEqual(['first']);
    }, 60_000);

    it('is swapped back', async () => {
      await swapped(scene);
      expect(psql()).toContain('swapped');
      psql(swapBack);
      await isUnderstood(scene);
    }, 60_000);

    it('is swapped in, and what is left is dropped', async () => {
      await swapped(scene);
      psql(swapBack);
      await server.run('slipway_restore', 'DELETE FROM slipway_swaps');
      psql(swapIn);
      expect(await scene.source.swap(contextOf())).toMatchObject({ done: 'before' });
      psql(drop);
      expect(await scene.keys()).toEqual(['first']);
      expect(await scene.leftovers()).toEqual([]);
    }, 60_000);
  });
});

whenInstalled(['jq'], () => {
  const [cutOff = '', backPlain = '', backLink = '', drop = ''] = blocksOf('### A folder by hand');
  const sh = (around: string, ...blocks: readonly string[]) => shell(around, cutOff, ...blocks);

  describe('a folder by hand, as the page tells it', () => {
    it.each(['a plain folder', 'a link to a folder'] as const)('is swapped back: %s', async (shape) => {
      const scene = await folderScene(shape, 'invoices');
      await swapped(scene);
      sh(scene.around, shape === 'a plain folder' ? backPlain : backLink);
      await isUnderstood(scene);
      await scene.close();
    });

    it('is live again where a swap was cut off, and what is left is dropped', async () => {
      const scene = await folderScene('a plain folder', 'invoices');
      await swapped(scene);
      await rename(scene.path, join(scene.around, `.invoices.copy-${RUN}`));
      sh(scene.around, drop);
      expect(await scene.keys()).toEqual(['first', 'later']);
      expect(await scene.leftovers()).toEqual([]);
      await scene.close();
    });
  });
});

whenSqlite(() => {
  describe('a SQLite file by hand, as the page tells it', () => {
    it('is swapped back', async () => {
      const scene = await sqliteScene('wal', 'sessions.sqlite');
      await swapped(scene);
      const [block = ''] = blocksOf('### A SQLite file by hand');
      shell(scene.around, block);
      await isUnderstood(scene);
      await scene.close();
    });
  });
});
