import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { type PostgresScene, postgresScene } from '../../../test/support/postgres-scene.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf } from '../contract/scene.js';

whenPostgres15(() => {
  describe('a database that was restored and swapped', () => {
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
      await server.run('postgres', `CREATE ROLE "the App" LOGIN PASSWORD 'app'`, `CREATE ROLE stranger LOGIN PASSWORD 'stranger'`);
    }, 60_000);
    afterAll(() => server.stop(), 60_000);
    beforeEach(async () => {
      scene = await postgresScene(server, 'Shop');
    }, 60_000);
    afterEach(() => scene.close(), 60_000);

    async function restored(): Promise<void> {
      await makeCopy(scene, await backUp(scene));
      await scene.source.swap(contextOf());
    }
    const about = async () => (await server.run('postgres', `
      SELECT d.datacl::text[] AS acl, pg_get_userbyid(datdba) AS owner, datcollate, pg_encoding_to_char(encoding) AS encoding, datconnlimit, shobj_description(d.oid, 'pg_database') AS comment,
        (SELECT array_agg(format('%s: %s', setrole::regrole, setconfig) ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
      FROM pg_database d WHERE datname = 'Shop'`))[0];

    it('has owner, rights, settings, comment, limit and locale of what it replaced', async () => {
      await server.run('postgres', 'DROP DATABASE "Shop"', `CREATE DATABASE "Shop" TEMPLATE template0 LOCALE 'C' ENCODING 'LATIN1' OWNER "the App" CONNECTION LIMIT 40`);
      await server.run('Shop', 'CREATE TABLE "the Entries" (key text PRIMARY KEY)', 'REVOKE CONNECT ON DATABASE "Shop" FROM PUBLIC', 'GRANT CONNECT, CREATE ON DATABASE "Shop" TO stranger WITH GRANT OPTION',
        `ALTER DATABASE "Shop" SET search_path = "$user", public, 'a, "b"'`, `ALTER DATABASE "Shop" SET work_mem = '7MB'`, `ALTER DATABASE "Shop" SET app.greeting = 'it''s = "me"'`,
        `ALTER ROLE "the App" IN DATABASE "Shop" SET statement_timeout = '9s'`, `COMMENT ON DATABASE "Shop" IS 'The shop''s'`);
      const before = await about();
      expect(before).toMatchObject({ owner: 'the App', encoding: 'LATIN1', datconnlimit: 40, comment: "The shop's" });
      await restored();
      const after = await about();
      expect({ ...after, acl: undefined }).toEqual({ ...before, acl: undefined });
      expect(new Set(after?.['acl'] as string[])).toEqual(new Set(before?.['acl'] as string[]));
    });

    it('lets nobody in whom the one before it kept out', async () => {
      await server.run('postgres', 'REVOKE CONNECT ON DATABASE "Shop" FROM PUBLIC');
      await restored();
      const source = server.url('Shop', { name: 'stranger', password: 'stranger' });
      const { createPostgresSource } = await import('./postgres-source.js');
      await expect(createPostgresSource({ ...scene.options, url: async () => source }).fingerprint('live', contextOf())).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    });

    it('has rights by default where the one before it had', async () => {
      await restored();
      expect(await about()).toMatchObject({ acl: null });
    });

    it('keeps a read-only mode that was its own, whatever stopped writes meanwhile', async () => {
      await server.run('postgres', 'ALTER DATABASE "Shop" SET default_transaction_read_only = off');
      await scene.source.quiesce(contextOf());
      await restored();
      expect(await about()).toMatchObject({ settings: ['-: {default_transaction_read_only=off}'] });
    });
  });

  describe('stopping writes to a PostgreSQL database', () => {
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
      await server.run('postgres', 'CREATE ROLE writer');
    }, 60_000);
    afterAll(() => server.stop(), 60_000);
    beforeEach(async () => {
      scene = await postgresScene(server, 'shop');
    }, 60_000);
    afterEach(() => scene.close(), 60_000);
    const setting = async () => (await server.run('postgres', `SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = 'shop'`))[0]?.['setconfig'];

    it.each(['off', 'on'])('leaves the setting %s as it found it', async (value) => {
      await server.run('postgres', `ALTER DATABASE shop SET default_transaction_read_only = ${value}`);
      await scene.source.quiesce(contextOf());
      expect(await setting()).toEqual(['default_transaction_read_only=on']);
      await scene.source.unquiesce(contextOf());
      expect(await setting()).toEqual([`default_transaction_read_only=${value}`]);
    });

    it('leaves no setting where there was none', async () => {
      await scene.source.quiesce(contextOf());
      await scene.source.unquiesce(contextOf());
      expect(await setting()).toBeUndefined();
    });

    it('ends sessions that could still write, but not a backup that is under way', async () => {
      await scene.source.capture(contextOf(), async ({ content }) => {
        const writing = server.run('shop', 'SELECT pg_sleep(60)').catch((error: unknown) => error);
        await scene.source.quiesce(contextOf());
        expect(await writing).toMatchObject({ code: '57P01' });
        expect(content.kind).toBe('stream');
      });
      await expect(backUp(scene)).resolves.toBeDefined();
    });

    it('is refused where a role may write by a setting of its own', async () => {
      await server.run('postgres', 'ALTER ROLE writer IN DATABASE shop SET default_transaction_read_only = off');
      await expect(scene.source.quiesce(contextOf())).rejects.toMatchObject({ code: 'QUIESCE_UNSUPPORTED' });
    });
  });
});
