import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AddressInfo, connect, createServer } from 'node:net';
import { once } from 'node:events';
import pg from 'pg';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { type PostgresScene, postgresScene } from '../../../test/support/postgres-scene.js';
import { until } from '../../../test/support/until.js';
import { fetchKept } from '../contract/keep-content.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf, type Kept, RUN } from '../contract/scene.js';
import { createPostgresSource } from './postgres-source.js';
import { runNames } from './run-names.js';

whenPostgres15(() => {
  describe('a copy of a database', () => {
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
    }, 60_000);
    afterAll(() => server.stop(), 60_000);
    beforeEach(async () => {
      scene = await postgresScene(server, 'shop');
      await scene.add('first');
    }, 60_000);
    afterEach(() => scene.close(), 60_000);
    const names = runNames('shop', RUN);
    const differences = async ({ fingerprint }: Kept) => compareFingerprints(fingerprint, await scene.source.fingerprint('copy', contextOf()));

    it('is not there when its making is aborted, and is made anew by a repetition', async () => {
      await server.run('shop', 'CREATE TABLE big AS SELECT i, repeat(md5(i::text), 20) AS text FROM generate_series(1, 200000) i', 'CREATE INDEX ON big (text)');
      const kept = await backUp(scene);
      const abort = new AbortController();
      const filling = scene.source.fillCopy(contextOf(RUN, abort.signal), (folder) => fetchKept(kept.folder, folder));
      const failed = expect(filling).rejects.toThrow('no longer wanted');
      expect(await until(async () => (await server.run('postgres', `SELECT FROM pg_stat_activity WHERE datname = '${names.filling}' AND query LIKE 'COPY%'`)).length > 0)).toBe(true);
      abort.abort(new Error('no longer wanted'));
      await failed;
      await expect(scene.source.fingerprint('copy', contextOf())).rejects.toMatchObject({ code: 'COPY_MISSING' });
      await expect(scene.source.swap(contextOf())).rejects.toMatchObject({ code: 'COPY_MISSING' });
      await makeCopy(scene, kept);
      expect(await differences(kept)).toEqual([]);
    }, 60_000);

    it('is made anew where a killed attempt left half of one, with somebody in it', async () => {
      const kept = await backUp(scene);
      await server.run('postgres', `CREATE DATABASE "${names.filling}"`);
      const left = new pg.Client({ connectionString: server.url(names.filling) });
      left.on('error', () => undefined);
      await left.connect();
      await makeCopy(scene, kept);
      await left.end();
      expect(await differences(kept)).toEqual([]);
    });

    it('leaves no dump in the staging folder', async () => {
      await makeCopy(scene, await backUp(scene));
      expect(await scene.leftovers()).toEqual([names.copy]);
    });

    it('has statistics', async () => {
      await makeCopy(scene, await backUp(scene));
      expect(await server.run(names.copy, `SELECT reltuples FROM pg_class WHERE relname = 'the Entries'`)).toEqual([{ reltuples: 1 }]);
    });
  });

  describe('a pooler that spreads connections over servers', () => {
    it('is noticed before anything is stored', async () => {
      const [first, second] = await Promise.all([startPostgres15(), startPostgres15()]);
      const scene = await postgresScene(first, 'shop');
      await second.run('postgres', 'CREATE DATABASE shop');
      let connections = 0;
      const pooler = createServer((socket) => {
        const upstream = connect((connections++ % 2 === 0 ? first : second).port, '127.0.0.1');
        socket.on('error', () => upstream.destroy()).pipe(upstream);
        upstream.on('error', () => socket.destroy()).pipe(socket);
      }).listen(0, '127.0.0.1');
      await once(pooler, 'listening');
      // A server that listens on a port has an address of this form.
      const { port } = pooler.address() as AddressInfo;
      const url = first.url('shop').replace(`:${first.port}/`, `:${port}/`);
      let used = false;
      const captured = createPostgresSource({ ...scene.options, url: async () => url }).capture(contextOf(), async () => void (used = true));
      await expect(captured).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED', message: expect.stringContaining('pooler') });
      expect(used).toBe(false);
      pooler.close();
      await scene.close();
      await Promise.all([first.stop(), second.stop()]);
    }, 60_000);
  });
});
