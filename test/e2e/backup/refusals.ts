import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ulid } from 'ulid';
import { freePort } from '../../support/free-port.js';
import { whenDisksCanBeMounted } from '../../support/small-disk.js';
import type { DataScene } from '../../support/stack/data-scene.js';
import { codeIn } from '../../support/stack/data-user.js';
import { addressOf, keptService } from '../../support/stack/kept-service.js';
import type { OrdersDatabase } from '../../support/stack/orders-database.js';
import { until } from '../../support/until.js';

const ORDERS = 200;
/** Of a source that never answers: the fifth attempt would begin after it, so the fourth has the last word. */
const TIMEOUT = '12s';

/** More for the operator's file, of which each is in the way of something. @param program restic, which need not be on the PATH */
export function refusingRepositories(folder: string, program: string): object {
  return {
    'vault-of-another': { restic: { repository: join(folder, 'restic', 'vault', 'repository'), password: { secret: 'WRONG_PASSWORD' }, program } },
    programless: { restic: { repository: join(folder, 'programless'), password: { secret: 'RESTIC_PASSWORD' }, program: '/nonexistent/restic' } },
    keyless: { archive: { folder: join(folder, 'keyless'), identity: { secret: 'NO_SUCH_KEY' } } },
    small: { restic: { repository: join(folder, 'small', 'repository'), password: { secret: 'RESTIC_PASSWORD' }, program } },
  };
}

/** In a scene that has those repositories. */
export function describeRefusals(scene: () => DataScene): void {
  describe('what stands in the way of backups and restores', () => {
    let database: OrdersDatabase;
    let postgres: object;
    beforeAll(async () => {
      await scene().secret('WRONG_PASSWORD', 'not the one');
      ({ database, postgres } = await scene().orders('refusing', ORDERS));
      await described('vault', {});
      expect(await scene().data.backedUp(addressOf('vault', 'orders'))).toMatchObject({ state: 'verified' });
    }, 60_000);

    describe('a backup fails with a code, and leaves nothing', () => {
      const cases: readonly { readonly name: string; readonly code: string; readonly service: string; readonly source: () => Promise<{ readonly url?: string; readonly repository?: string }> }[] = [
        { name: 'a wrong password of the database', code: 'SOURCE_REFUSED', service: 'wrong-password', source: async () => ({ url: scene().postgres.url('refusing', { name: 'postgres', password: 'no' }) }) },
        { name: 'a server that is not there', code: 'SOURCE_UNREACHABLE', service: 'unreachable', source: async () => ({ url: `postgres://nobody@127.0.0.1:${await freePort()}/shop` }) },
        { name: 'a database that is not there', code: 'SOURCE_MISSING', service: 'no-database', source: async () => ({ url: scene().postgres.url('no such shop') }) },
        { name: 'a wrong password of the repository', code: 'REPOSITORY_PASSWORD_WRONG', service: 'wrong-key', source: async () => ({ url: scene().postgres.url('refusing'), repository: 'vault-of-another' }) },
        { name: 'a program that is not installed', code: 'PROGRAM_MISSING', service: 'no-program', source: async () => ({ url: scene().postgres.url('refusing'), repository: 'programless' }) },
        { name: 'a secret that is not there', code: 'SECRET_MISSING', service: 'no-secret', source: async () => ({ url: scene().postgres.url('refusing'), repository: 'keyless' }) },
      ];
      for (const { name, code, service, source } of cases) {
        it(name, async () => {
          await described(service, await source());
          const failed = await scene().data.backedUp(addressOf(service, 'orders'));
          expect(failed).toMatchObject({ state: 'failed', phase: 'failed', cause: { code }, snapshot: null });
          const none = await scene().api.ask('POST', '/restores', addressOf(service, 'orders'));
          expect([none.status, codeIn(none)]).toEqual([409, 'NO_BACKUP']);
        }, 60_000);
      }
    });

    whenDisksCanBeMounted(() => {
      it('a full destination: nothing of it counts, and once there is room the next backup does', async () => {
        const folder = join(scene().home.folder, 'small');
        await mkdir(folder);
        execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=300k', 'none', folder]);
        try {
          const big = await scene().orders('big', 2_000);
          await scene().api.put('big', keptService({ service: 'big', backups: { orders: { postgres: big.postgres, repository: 'small' } } }));
          expect(await scene().data.backedUp(addressOf('big', 'orders'))).toMatchObject({ state: 'failed', cause: { code: 'REPOSITORY_FULL' }, snapshot: null });
          execFileSync('/bin/mount', ['-o', 'remount,size=20m', folder]);
          expect(await scene().data.backedUp(addressOf('big', 'orders'))).toMatchObject({ state: 'verified' });
        } finally {
          execFileSync('/bin/umount', ['--lazy', folder]);
        }
      }, 90_000);
    });

    it('a backup that nobody made is not found, whatever is asked of it', async () => {
      const id = ulid();
      const answers = await Promise.all([
        scene().api.ask('GET', `/backups/${id}`), scene().api.ask('POST', `/backups/${id}/verify`), scene().api.ask('POST', `/backups/${id}/hold`, { reason: 'audit' }),
        scene().api.ask('POST', '/restores', { backup: id, swap: true }),
      ]);
      expect(answers.map((answer) => [answer.status, codeIn(answer)])).toEqual(answers.map(() => [404, 'BACKUP_NOT_FOUND']));
    }, 30_000);

    it('a restore is refused while a deployment is live', async () => {
      const deployment = await scene().api.deploy({ service: 'vault', environment: 'test', version: 'v1' });
      const refused = await scene().api.ask('POST', '/restores', { ...addressOf('vault', 'orders'), swap: true });
      expect([refused.status, codeIn(refused)]).toEqual([409, 'DEPLOYMENT_LIVE']);
      await scene().api.control(deployment, 'abort');
      expect(await scene().api.ended(deployment)).toMatchObject({ phase: 'aborted' });
      expect(await database.leftovers()).toEqual([]);
    }, 60_000);

    describe('of two restores at once', () => {
      it('one is carried out, the other refused; meanwhile nothing is deployed, and many sessions are no obstacle', async () => {
        await database.deleteAbove(10);
        const request = { ...addressOf('vault', 'orders'), swap: true };
        const answers = await Promise.all([1, 2].map(() => whenFree(request)));
        expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
        expect(['RESTORE_RUNNING', 'HELD_BY_RESTORE', 'DEPLOYMENT_LIVE']).toContain(codeIn(answers.find(({ status }) => status === 409) ?? { status: 0, body: null }));
        const restore = idIn(answers.find(({ status }) => status === 202)?.body);
        await scene().data.restoreIs(restore, ({ phase }) => phase === 'waiting');
        const held = await scene().api.ask('POST', '/deployments', { service: 'vault', environment: 'test', version: 'v1' });
        expect([held.status, codeIn(held)]).toEqual([409, 'HELD_BY_RESTORE']);

        const busy = keepBusy(scene().postgres.url('refusing'), 30);
        expect(await until(() => busy.answered() > 100, 20_000)).toBe(true);
        expect(await scene().data.control(restore, 'approve', { gate: 'people' })).toMatchObject({ status: 200 });
        const ended = await scene().data.restoreEnded(restore);
        const answered = busy.answered();
        expect(await until(() => busy.answered() > answered, 20_000)).toBe(true);
        await busy.stop();
        expect(ended).toMatchObject({ phase: 'succeeded', live: 'restored' });
        expect(await database.orders()).toEqual({ count: ORDERS, highest: ORDERS });
        expect(await database.leftovers()).toEqual([]);
      }, 90_000);
    });

    it('the repository is free again: no lock is left in it', async () => {
      expect(await scene().restic('vault').locks()).toEqual([]);
    });

    /** A service of that name whose database is the shop's, unless it says otherwise. */
    async function described(service: string, { url, repository = 'vault' }: { readonly url?: string; readonly repository?: string }): Promise<void> {
      const variable = `URL_${service.toUpperCase().replaceAll('-', '_')}`;
      if (url !== undefined) await scene().secret(variable, url);
      const at = url === undefined ? postgres : { url: { secret: variable } };
      await scene().api.put(service, keptService({ service, backups: { orders: { postgres: at, repository, timeout: service === 'unreachable' ? TIMEOUT : '1h', restore: { keepOld: '1s', gate: 'people' } } } }));
    }

    /** The deployment that was just aborted frees the lock a moment after its end. */
    async function whenFree(request: object): Promise<{ readonly status: number; readonly body: unknown }> {
      let answer: { readonly status: number; readonly body: unknown } = { status: 0, body: null };
      await until(async () => codeIn((answer = await scene().api.ask('POST', '/restores', request))) !== 'DEPLOYMENT_LIVE');
      return answer;
    }
  });
}

function idIn(body: unknown): string {
  return typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
}

/** Sessions that write, and come back when they are ended. */
function keepBusy(connectionString: string, sessions: number): { answered(): number; stop(): Promise<void> } {
  let [going, answered] = [true, 0];
  const one = async (): Promise<void> => {
    while (going) {
      const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        for (; going; answered += 1) await client.query(`SELECT count(*), pg_sleep(0.02) FROM orders`);
      } catch {
        // Ended, or refused: as a client of the application it comes back.
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  };
  const running = Promise.all(Array.from({ length: sessions }, one));
  return { answered: () => answered, stop: async () => { going = false; await running; } };
}
