import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeBackupRuns } from '../../src/app/backup/fake-backup-runs.js';
import { tellTooOld } from '../../src/app/backup/tell-too-old.js';
import { migrate } from '../../src/store/postgres/migrate.js';
import { createPostgresStores } from '../../src/store/postgres/postgres-stores.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aBackup, ADDRESS, get, post, putOwner } from './backup-support.js';
import { startTestApi, type TestApi } from './support.js';

/** What only a real database can show: races between processes. */
describe('backups on PostgreSQL', () => {
  let database: TestDatabase;
  let backupRuns: FakeBackupRuns;
  let apis: readonly [TestApi, TestApi];
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate(database.url);
    backupRuns = new FakeBackupRuns();
    const start = () => startTestApi({ stores: createPostgresStores({ url: database.url }), backupRuns });
    apis = [await start(), await start()];
    await putOwner(apis[0]);
  }, 30_000);
  afterAll(async () => {
    await Promise.all(apis.map(async (api) => {
      await api.close();
      await api.app.afterwards.settled();
      await api.stores.close();
    }));
    await database.drop();
  }, 30_000);

  const many = (path: string, keyOf: (n: number) => string, body: object = ADDRESS) =>
    Promise.all(Array.from({ length: 10 }, (_, n) => post(apis[n % 2 ? 0 : 1], path, body, { 'Idempotency-Key': keyOf(n) })));

  it.each([['backup', '/backups'], ['drill', '/drills'], ['restore', '/restores']] as const)('one key is one %s, however many processes are asked at once', async (kind, path) => {
    await aBackup(apis[0]);
    const answers = await many(path, () => `race-${kind}`);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    backupRuns.terminate(kind, String(answers[0]?.body['id']));
  });

  it('different keys are one backup and refusals that name it', async () => {
    const answers = await many('/backups', (n) => `many-${n}`);
    const [won] = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status !== 202);
    expect(refused.map(({ body }) => [body['code'], body['backup']])).toEqual(Array.from({ length: 9 }, () => ['BACKUP_RUNNING', won?.body['id']]));
    backupRuns.terminate('backup', String(won?.body['id']));
  });

  it('a request that found Temporal away is driven on by another process', async () => {
    await aBackup(apis[0]);
    backupRuns.set('away');
    const ask = (api: TestApi) => post(api, '/restores', { ...ADDRESS, swap: true }, { 'Idempotency-Key': 'outage' });
    expect((await ask(apis[0])).body['code']).toBe('TEMPORAL_UNAVAILABLE');
    backupRuns.set('back');
    const { status, body } = await ask(apis[1]);
    expect([status, (await get(apis[0], `/restores/${String(body['id'])}`)).body['by']]).toEqual([202, 'admin']);
    backupRuns.terminate('restore', String(body['id']));
  });

  it('shows, pages and previews as in memory', async () => {
    const [older, newer] = [await aBackup(apis[0], { at: '2025-01-01T00:00:00.000Z' }), await aBackup(apis[0])];
    expect((await get(apis[1], `/backups/${newer}`)).body).toMatchObject({ state: 'verified', fingerprint: { total: '100' }, kept: { why: expect.arrayContaining(['the newest verified']) } });
    expect((await get(apis[1], '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { newestVerified: { id: newer } } });
    const { body } = await get(apis[1], '/backup-sources/checkout/production/orders/retention');
    expect(body['forget']).toEqual(expect.arrayContaining([expect.objectContaining({ id: older })]));
  });

  it('what is too old is told by one of many processes', async () => {
    const later = Date.now() + 25 * 3_600_000;
    const counts = await Promise.all([...apis, ...apis, ...apis].map(({ app }) => tellTooOld({ ...app, now: () => later })()));
    expect(counts.toSorted()).toEqual([0, 0, 0, 0, 0, 1]);
  });
});
