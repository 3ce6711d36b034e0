import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CheckSpec } from '../../domain/backup/source-spec.js';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { type PostgresScene, postgresScene } from '../../../test/support/postgres-scene.js';
import { makeCopy } from '../contract/copies.js';
import { backUp, contextOf, RUN } from '../contract/scene.js';
import { runNames } from './run-names.js';

const query = (sql: string, timeoutMs = 5_000): CheckSpec => ({ kind: 'query', sql, timeoutMs });
const command = (...words: string[]): CheckSpec => ({ kind: 'command', command: words, timeoutMs: 2_000 });

whenPostgres15(() => {
  describe('the checks of a copy', () => {
    let server: Postgres15;
    let scene: PostgresScene;
    beforeAll(async () => {
      server = await startPostgres15();
      scene = await postgresScene(server, `the shop's`);
      await server.run(`the shop's`, 'CREATE TABLE amounts (n int CONSTRAINT positive CHECK (n > 0))');
      await makeCopy(scene, await backUp(scene));
    }, 60_000);
    afterAll(async () => {
      await scene.close();
      await server.stop();
    }, 60_000);
    const outcome = async (check: CheckSpec) => (await scene.source.check({ mine: check }, contextOf())).find(({ name }) => name === 'mine');

    it.each([
      ['SELECT true', true], ['SELECT 3', true], ['SELECT 3::bigint', true], ['SELECT -0.5', true],
      ['SELECT false', false], ['SELECT 0', false], ['SELECT 0.0', false], ['SELECT NULL', false], [`SELECT 'yes'`, false], ['SELECT 1 WHERE false', false],
      ['SELECT 1, 2', false], ['VALUES (1), (2)', false], ['', false],
    ])('takes %j as %j', async (sql, ok) => {
      expect(await outcome(query(sql))).toMatchObject({ ok });
    });

    it('cannot change the copy', async () => {
      for (const sql of [`INSERT INTO amounts VALUES (1) RETURNING true`, `SELECT true; COMMIT; DROP TABLE amounts`, `SELECT set_config('transaction_read_only', 'off', false) = 'x'; INSERT INTO amounts VALUES (1)`]) {
        expect(await outcome(query(sql))).toMatchObject({ ok: false });
      }
      expect(await outcome(query('SELECT count(*) = 0 FROM amounts'))).toMatchObject({ ok: true });
    });

    it('fails when it takes too long', async () => {
      expect(await outcome(query('SELECT true FROM pg_sleep(30)', 50))).toMatchObject({ ok: false });
      expect(await outcome({ kind: 'command', command: ['sleep', '30'], timeoutMs: 50 })).toMatchObject({ ok: false });
    });

    it('gives a command the address of the copy, which opens it', async () => {
      const script = `const pg = (await import('pg')).default; const c = new pg.Client({ connectionString: process.env.SLIPWAY_COPY.replace(/[^/]*$/, 'postgres') });
        await c.connect(); const r = await c.query('SELECT true FROM pg_database WHERE datname = $1', [decodeURIComponent(new URL(process.env.SLIPWAY_COPY).pathname.slice(1))]); await c.end();
        process.exit(r.rowCount === 1 ? 0 : 1)`;
      expect(await outcome(command(process.execPath, '--input-type=module', '-e', script))).toMatchObject({ ok: true });
      expect(await outcome(command('sh', '-c', `case "$SLIPWAY_COPY" in *${encodeURIComponent(runNames(`the shop's`, RUN).copy).replaceAll("'", "\\'")}*) exit 0;; esac; exit 1`))).toMatchObject({ ok: true });
    });

    it('keeps the password out of what a command printed', async () => {
      const result = await outcome(command('sh', '-c', 'echo "$SLIPWAY_COPY"; exit 3'));
      expect(result).toMatchObject({ ok: false, detail: expect.stringContaining('ended with 3') });
      expect(result?.detail).not.toContain(encodeURIComponent('admin pass%/"word'));
    });

    it('are made although what is live cannot be opened, which they say', async () => {
      const allow = async (connections: boolean) => void (await server.run('postgres', `ALTER DATABASE "the shop's" ALLOW_CONNECTIONS ${connections}`));
      await allow(false);
      const [constraints, mine] = await scene.source.check({ mine: query('SELECT true') }, contextOf());
      await allow(true);
      expect(constraints).toMatchObject({ name: 'constraints', ok: true, detail: expect.stringContaining('2 valid, 0 declared not valid') });
      expect(constraints?.detail).toContain('what is live could not be read');
      expect(mine).toMatchObject({ ok: true });
    });

    it('fails for a program that is not there', async () => {
      expect(await outcome(command('/nowhere/at-all'))).toMatchObject({ ok: false, detail: expect.stringContaining('PROGRAM_MISSING') });
    });

    it('ends when it is aborted', async () => {
      const abort = new AbortController();
      const checking = scene.source.check({ mine: query('SELECT true FROM pg_sleep(30)', 60_000) }, { ...contextOf(RUN, abort.signal), progress: (text) => text === 'check mine' && abort.abort(new Error('no longer wanted')) });
      await expect(checking).rejects.toThrow('no longer wanted');
    });

    it('notice a constraint that is no longer enforced', async () => {
      const [before] = await scene.source.check({}, contextOf());
      expect(before).toMatchObject({ name: 'constraints', ok: true });
      await server.run(runNames(`the shop's`, RUN).copy, 'ALTER TABLE amounts DROP CONSTRAINT positive', 'ALTER TABLE amounts ADD CONSTRAINT positive CHECK (n > 0) NOT VALID');
      const [after] = await scene.source.check({}, contextOf());
      expect(after).toMatchObject({ name: 'constraints', ok: false, detail: expect.stringContaining('positive') });
    });
  });
});
