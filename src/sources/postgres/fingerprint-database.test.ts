import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { type PostgresScene, postgresScene } from '../../../test/support/postgres-scene.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf } from '../contract/scene.js';

/** One of everything that a dump treats in a way of its own. */
const SCHEMA = [
  `CREATE SCHEMA "Ware's \\ ""Haus"" ü"`,
  `CREATE TABLE "Ware's \\ ""Haus"" ü"."T.t" (t int, "T" text)`,
  `INSERT INTO "Ware's \\ ""Haus"" ü"."T.t" SELECT i, 'ü' || i FROM generate_series(1, 50) i`,
  'CREATE TABLE types (f float8, m money, ts timestamptz, iv interval, b bytea, j jsonb, a int[], r regclass, x xml, u uuid, n numeric)',
  `INSERT INTO types VALUES (0.1 + 0.2, 1234.5, now(), '1 day 2 hours', '\\xdeadbeef', '{"a": 1}', '{1,2}', 'pg_class', '<a/>', gen_random_uuid(), 1e100)`,
  'CREATE TABLE nothing ()',
  'INSERT INTO nothing DEFAULT VALUES',
  'CREATE TABLE twice (a int)',
  'INSERT INTO twice VALUES (1), (1), (NULL)',
  'CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at)',
  `CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
  `INSERT INTO parted SELECT i, '2026-05-01' FROM generate_series(1, 7) i`,
  'CREATE TABLE parent (a int)',
  'CREATE TABLE child () INHERITS (parent)',
  'INSERT INTO parent VALUES (1)',
  'INSERT INTO child VALUES (2), (3)',
  'CREATE UNLOGGED TABLE unlogged AS SELECT 1 AS a',
  'CREATE TABLE counted (id int GENERATED ALWAYS AS IDENTITY, doubled int GENERATED ALWAYS AS (v * 2) STORED, v int, CHECK (v > 0))',
  'INSERT INTO counted (v) VALUES (1), (2)',
  'ALTER TABLE counted ADD CONSTRAINT later CHECK (v > 1) NOT VALID',
  'CREATE SEQUENCE unused',
  'CREATE SEQUENCE down INCREMENT -2',
  `SELECT nextval('down'), nextval('down')`,
  'CREATE MATERIALIZED VIEW seen AS SELECT count(*) FROM counted',
  `SELECT lo_from_bytea(0, convert_to(repeat('large', 500000), 'UTF8')), lo_from_bytea(0, 'small')`,
];

whenPostgres15(() => {
  describe('the fingerprint of a database', () => {
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
    }, 60_000);
    afterAll(() => server.stop(), 60_000);
    beforeEach(async () => {
      scene = await postgresScene(server, 'shop');
      await server.run('shop', ...SCHEMA);
    }, 60_000);
    afterEach(() => scene.close(), 60_000);
    const live = () => scene.source.fingerprint('live', contextOf());

    it('is the same of what was restored, of whatever kind it is', async () => {
      const kept = await backUp(scene);
      await makeCopy(scene, kept);
      expect(compareFingerprints(kept.fingerprint, await scene.source.fingerprint('copy', contextOf()))).toEqual([]);
    });

    it('counts every table once, each partition and each child for itself', async () => {
      const { items } = await live();
      const counts = Object.fromEntries(Object.entries(items).map(([name, { count }]) => [name, count]));
      expect(counts).toEqual({
        '"Ware\'s \\ ""Haus"" ü"."T.t"': '50', 'public.types': '1', 'public.nothing': '1', 'public.twice': '3', 'public.parted_1': '7', 'public.parent': '1', 'public.child': '2',
        'public.unlogged': '1', 'public.counted': '2', 'public."the Entries"': '0', 'public.unused': '0', 'public.down': '-3', 'public.counted_id_seq': '2', 'large objects': '2',
      });
    });

    it.each([
      ['a value', `UPDATE types SET f = f + 1e-12`, 'public.types'],
      ['a duplicate that becomes another', 'WITH one AS (SELECT ctid FROM twice WHERE a = 1 LIMIT 1) UPDATE twice SET a = 2 FROM one WHERE twice.ctid = one.ctid', 'public.twice'],
      ['null and empty', `UPDATE "Ware's \\ ""Haus"" ü"."T.t" SET "T" = NULL WHERE t = 1`, '"Ware\'s \\ ""Haus"" ü"."T.t"'],
      ['a byte in the second megabyte of a large object', `SELECT lo_put(max(oid), 1500000, 'x') FROM pg_largeobject_metadata WHERE length(lo_get(oid)) > 1000`, 'large objects'],
      ['a constraint that is enforced now', 'ALTER TABLE counted DROP CONSTRAINT later', 'constraints'],
    ])('differs by %s', async (_what, change, item) => {
      const before = await live();
      await server.run('shop', change);
      expect(compareFingerprints(before, await live()).map((difference) => difference.item)).toEqual([item]);
    });

    it('does not depend on the settings of who asks', async () => {
      const before = await live();
      await server.run('shop', `ALTER DATABASE shop SET extra_float_digits = -5`, `ALTER DATABASE shop SET timezone = 'Asia/Tokyo'`, `ALTER DATABASE shop SET datestyle = 'German'`,
        `ALTER DATABASE shop SET bytea_output = 'escape'`, `ALTER DATABASE shop SET search_path = nowhere`, `ALTER DATABASE shop SET statement_timeout = '5ms'`);
      expect(compareFingerprints(before, await live())).toEqual([]);
    });

    it('names the server, its log’s position, and what is not compared', async () => {
      expect((await live()).about).toMatchObject({
        server: expect.stringMatching(/^15\./), database: 'shop', encoding: 'UTF8', lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/), system: expect.stringMatching(/^\d+$/),
        constraints: { valid: 2, notValid: 1 }, notCompared: { materializedViews: ['public.seen'] },
      });
    });

    it('tells of each table that it is at', async () => {
      const told: string[] = [];
      await scene.source.fingerprint('live', { ...contextOf(), progress: (text) => told.push(text) });
      expect(told).toHaveLength(10);
    });
  });
});
