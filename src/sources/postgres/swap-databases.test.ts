import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { type PostgresScene, postgresScene } from '../../../test/support/postgres-scene.js';
import { fromSource } from '../../../test/support/programs/from-source.js';
import { until } from '../../../test/support/until.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf, OTHER_RUN, RUN } from '../contract/scene.js';
import { runNames } from './run-names.js';

const SWAPPING = new URL('../../../test/support/programs/swapping.ts', import.meta.url);

whenPostgres15(() => {
  describe('a swap of databases that is disturbed', () => {
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
    }, 60_000);
    afterAll(() => server.stop(), 60_000);
    beforeEach(async () => {
      scene = await postgresScene(server, 'shop');
      await scene.add('backed up');
      const kept = await backUp(scene);
      await scene.add('live only');
      await makeCopy(scene, kept);
    }, 60_000);
    afterEach(async () => {
      await Promise.all(blocks.splice(0).map((client) => client.end()));
      await scene.close();
    }, 60_000);

    const blocks: pg.Client[] = [];
    const OLD = ['backed up', 'live only'];
    const RESTORED = ['backed up'];
    const swap = (signal?: AbortSignal) => scene.source.swap(contextOf(RUN, signal));
    const swapping = `application_name = 'slipway source' AND query LIKE 'BEGIN;%' AND state = 'active'`;

    /** A transaction of somebody else that keeps the swap's transaction from going on, until it is let go. */
    async function blocked(): Promise<{ letGo: () => Promise<void> }> {
      // The table is there after a first call, which finds nothing to do.
      await scene.source.swapBack(contextOf(OTHER_RUN));
      const client = new pg.Client({ connectionString: server.url('postgres') });
      client.on('error', () => undefined);
      await client.connect();
      blocks.push(client);
      await client.query('BEGIN');
      await client.query('LOCK TABLE public.slipway_swaps IN SHARE MODE');
      return { letGo: async () => void (await client.query('ROLLBACK')) };
    }
    const isWaiting = async () => (await server.run('postgres', `SELECT FROM pg_stat_activity WHERE ${swapping}`)).length > 0;
    const began = async () => (await server.run('postgres', `SELECT query_start::text FROM pg_stat_activity WHERE ${swapping}`)).map((row) => String(row['query_start']))[0];

    it('goes on when what was in its way is gone', async () => {
      const block = await blocked();
      const swapped = swap();
      // Longer than the lock is waited for in one attempt.
      expect(await until(isWaiting)).toBe(true);
      const first = await began();
      expect(await until(async () => ![undefined, first].includes(await began()))).toBe(true);
      // Each attempt disconnects whoever is there: also one who looks.
      expect(await until(() => scene.keys().then((keys) => isDeepStrictEqual(keys, OLD), () => false))).toBe(true);
      await block.letGo();
      expect(await swapped).toMatchObject({ done: 'now', detail: expect.stringMatching(/attempt [2-9]/) });
      expect(await scene.keys()).toEqual(RESTORED);
    }, 30_000);

    it('leaves live as it was when its session is ended inside of the transaction, and is done by a repetition', async () => {
      const block = await blocked();
      const swapped = swap().catch((error: unknown) => error);
      expect(await until(isWaiting)).toBe(true);
      await server.run('postgres', `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${swapping}`);
      expect(await swapped).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
      expect(await scene.keys()).toEqual(OLD);
      await block.letGo();
      expect(await swap()).toMatchObject({ done: 'now' });
      expect(await scene.keys()).toEqual(RESTORED);
    });

    it('ends at once when it is aborted, and is done by a repetition', async () => {
      const block = await blocked();
      const abort = new AbortController();
      const swapped = swap(abort.signal);
      expect(await until(isWaiting)).toBe(true);
      abort.abort(new Error('no longer wanted'));
      await expect(swapped).rejects.toThrow('no longer wanted');
      await block.letGo();
      await swap();
      expect(await scene.keys()).toEqual(RESTORED);
    });

    it('is done once when two are at it', async () => {
      const done = (await Promise.all([swap(), swap()])).map((result) => result.done).sort();
      expect(done).toEqual(['before', 'now']);
      expect(await scene.keys()).toEqual(RESTORED);
    });

    it('disconnects nobody for a prepared transaction, which it names', async () => {
      await server.run('shop', `BEGIN; INSERT INTO "the Entries" VALUES ('prepared'); PREPARE TRANSACTION 'it''s'`);
      const client = new pg.Client({ connectionString: server.url('shop') });
      await client.connect();
      try {
        await expect(swap()).rejects.toMatchObject({ code: 'SWAP_FAILED', message: expect.stringContaining("it''s") });
        await expect(client.query('SELECT 1')).resolves.toBeDefined();
      } finally {
        await client.end();
        await server.run('shop', `ROLLBACK PREPARED 'it''s'`);
      }
      expect(await swap()).toMatchObject({ done: 'now' });
    });

    it('ends sessions that are busy, idle in a transaction, or come again at once', async () => {
      const stop = new AbortController();
      const busy = server.run('shop', 'SELECT pg_sleep(60)').catch((error: unknown) => error);
      const idle = new pg.Client({ connectionString: server.url('shop') });
      idle.on('error', () => undefined);
      await idle.connect();
      await idle.query('BEGIN');
      const eager = Array.from({ length: 4 }, async () => {
        while (!stop.signal.aborted) await server.run('shop', 'SELECT pg_sleep(1)').catch(() => sleep(1));
      });
      expect(await until(async () => (await server.run('postgres', `SELECT FROM pg_stat_activity WHERE datname = 'shop'`)).length >= 6)).toBe(true);
      expect(await swap()).toMatchObject({ done: 'now' });
      stop.abort();
      expect(await busy).toMatchObject({ code: '57P01' });
      await Promise.all([...eager, idle.end()]);
      expect(await scene.keys()).toEqual(RESTORED);
    }, 30_000);

    it('refuses somebody who may not end the sessions, and leaves live open', async () => {
      await server.run('postgres', `CREATE ROLE weak LOGIN CREATEDB PASSWORD 'weak'`, 'GRANT CREATE ON SCHEMA public TO weak');
      const { createPostgresSource } = await import('./postgres-source.js');
      const weak = createPostgresSource({ ...scene.options, adminUrl: async () => server.url('postgres', { name: 'weak', password: 'weak' }) });
      await expect(weak.swap(contextOf())).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
      expect(await scene.keys()).toEqual(OLD);
      await server.run('postgres', 'DROP OWNED BY weak', 'DROP ROLE weak');
    });

    it('closes what was replaced to everybody, and opens it again when it is taken back', async () => {
      const { old } = runNames('shop', RUN);
      const open = async (name: string) => (await server.run('postgres', `SELECT datallowconn AS open FROM pg_database WHERE datname = '${name}'`))[0]?.['open'];
      await swap();
      expect(await open(old)).toBe(false);
      await scene.source.swapBack(contextOf());
      expect(await open('shop')).toBe(true);
    });

    it('has happened whole or not at all when the server is killed in it', async () => {
      await blocked();
      const swapped = swap().catch((error: unknown) => error);
      expect(await until(isWaiting)).toBe(true);
      await server.crash();
      expect(await swapped).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
      await server.restart();
      expect(await scene.keys()).toEqual(OLD);
      expect(await swap()).toMatchObject({ done: 'now' });
      expect(await scene.keys()).toEqual(RESTORED);
    }, 60_000);

    it.each([5, 25, 45, 70, 110])('is finished by a repetition when its process is killed after %d ms, live being open all the time', async (delayMs) => {
      const killed = async (what: 'swap' | 'swap-back') => {
        const [program, ...args] = fromSource(SWAPPING);
        const child = spawn(program, [...args, what, server.url('shop'), server.url('postgres'), RUN, scene.scratch], { stdio: ['ignore', 'pipe', 'ignore'] });
        const exited = once(child, 'exit');
        await once(child.stdout, 'data');
        await sleep(delayMs);
        child.kill('SIGKILL');
        await exited;
      };
      await killed('swap');
      expect([OLD, RESTORED]).toContainEqual(await scene.keys());
      await swap();
      expect(await scene.keys()).toEqual(RESTORED);
      await killed('swap-back');
      expect([OLD, RESTORED]).toContainEqual(await scene.keys());
      await scene.source.swapBack(contextOf());
      expect(await scene.keys()).toEqual(OLD);
    }, 30_000);
  });
});
