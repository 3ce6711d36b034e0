import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../../test/support/free-port.js';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { type PostgresScene, postgresScene } from '../../../test/support/postgres-scene.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf } from '../contract/scene.js';
import { createPostgresSource, type PostgresSourceOptions } from './postgres-source.js';

whenPostgres15(() => {
  describe('a PostgreSQL source that cannot be read', () => {
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
      await server.run('postgres', `CREATE ROLE reader LOGIN PASSWORD 'geheim'`);
    }, 60_000);
    afterAll(() => server.stop(), 60_000);
    beforeEach(async () => {
      scene = await postgresScene(server, 'shop');
    }, 60_000);
    afterEach(() => scene.close(), 60_000);

    const changed = (more: Partial<PostgresSourceOptions>) => createPostgresSource({ ...scene.options, ...more });
    const capture = (more: Partial<PostgresSourceOptions>): Promise<unknown> => changed(more).capture(contextOf(), async () => undefined).catch((error: unknown) => error);
    const reader = (database: string, password = 'geheim') => async () => server.url(database, { name: 'reader', password });

    it('refuses a wrong password and never repeats it', async () => {
      const error = await capture({ url: reader('shop', 'falsch') });
      expect(error).toMatchObject({ code: 'SOURCE_REFUSED' });
      expect(String(error)).not.toContain('falsch');
    });

    it('refuses somebody who may not read a table', async () => {
      expect(await capture({ url: reader('shop') })).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('the Entries') });
    });

    it('refuses somebody whom a policy shows only some rows', async () => {
      await server.run('shop', 'ALTER TABLE "the Entries" ENABLE ROW LEVEL SECURITY', 'GRANT SELECT ON "the Entries" TO reader', 'CREATE POLICY partial ON "the Entries" USING (true)');
      try {
        expect(await capture({ url: reader('shop') })).toMatchObject({ code: 'SOURCE_REFUSED' });
      } finally {
        await server.run('shop', 'REVOKE ALL ON "the Entries" FROM reader');
      }
    });

    it('misses a database that is not there', async () => {
      expect(await capture({ url: async () => server.url('nowhere') })).toMatchObject({ code: 'SOURCE_MISSING' });
    });

    it('does not reach a server that is not there', async () => {
      const port = await freePort();
      expect(await capture({ url: async () => `postgres://u:geheim@127.0.0.1:${port}/shop` })).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.not.stringContaining('geheim') });
    });

    it('refuses encryption that the server does not have', async () => {
      expect(await capture({ url: async () => `${server.url('shop')}?sslmode=require` })).toMatchObject({ code: 'SOURCE_REFUSED' });
    });

    async function clientsOf(version: string): Promise<string> {
      const folder = await mkdtemp(join(tmpdir(), 'slipway-other-clients-'));
      for (const name of ['pg_dump', 'pg_restore']) {
        await writeFile(join(folder, name), `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`);
        await chmod(join(folder, name), 0o755);
      }
      return folder;
    }

    it('needs client programs that are not older than the server', async () => {
      const folder = await clientsOf('14.9');
      expect(await capture({ clients: [folder] })).toMatchObject({ code: 'CLIENT_TOO_OLD' });
      expect(await capture({ clients: [join(folder, 'none')] })).toMatchObject({ code: 'PROGRAM_MISSING' });
      await rm(folder, { recursive: true });
    });

    it('fetches no backup that its client programs cannot bring back', async () => {
      const folder = await clientsOf('17.2');
      let fetched = false;
      const filled = changed({ clients: [folder] }).fillCopy(contextOf(), async () => void (fetched = true));
      await expect(filled).rejects.toMatchObject({ code: 'CLIENT_TOO_NEW' });
      expect(fetched).toBe(false);
      await rm(folder, { recursive: true });
    });

    it('finds the client programs by itself', async () => {
      const { clients: _given, ...options } = scene.options;
      await createPostgresSource(options).capture(contextOf(), async ({ content }) => {
        expect(content).toMatchObject({ kind: 'stream', name: 'orders.dump', command: expect.arrayContaining([expect.stringMatching(/15\/bin\/pg_dump$/)]) });
      });
    });

    it('gives the password by the environment, and never as an argument', async () => {
      await scene.source.capture(contextOf(), async ({ content }) => {
        if (content.kind !== 'stream') throw new Error('not a stream');
        expect(content.env['PGPASSWORD']).toBe('admin pass%/"word');
        expect(content.command.join(' ')).not.toContain('admin pass');
      });
    });

    it('makes no copy for somebody who may not create databases, and says so', async () => {
      const source = changed({ adminUrl: reader('postgres') });
      await expect(makeCopy({ ...scene, source }, await backUp(scene))).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    });

    it('makes no copy where there is no live one', async () => {
      const kept = await backUp(scene);
      await server.run('postgres', 'DROP DATABASE shop');
      await expect(makeCopy(scene, kept)).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
    });

    it('makes no copy of a backup without a dump', async () => {
      await expect(scene.source.fillCopy(contextOf(), async () => undefined)).rejects.toMatchObject({ code: 'RESTORE_FAILED' });
    });

    it('shows no row of the data when a restore fails', async () => {
      const judging = (how: string) => `CREATE OR REPLACE FUNCTION dear(a text) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT ${how} $$`;
      await server.run('shop', judging('true'), 'CREATE TABLE secret (a text CHECK (public.dear(a)))', `INSERT INTO secret VALUES ('geheim')`, judging('false'));
      const error: unknown = await backUp(scene).then((kept) => makeCopy(scene, kept)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'RESTORE_FAILED', message: expect.stringContaining('violates check constraint') });
      expect(String(error)).not.toContain('geheim');
      expect(await scene.leftovers()).toEqual([]);
    });
  });
});
