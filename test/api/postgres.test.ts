import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { FakeDeploymentRuns } from '../../src/app/deployment/fake-deployment-runs.js';
import { migrate } from '../../src/store/postgres/migrate.js';
import { createPostgresStores } from '../../src/store/postgres/postgres-stores.js';
import { createTestDatabase, statement, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { startTestApi, type TestApi } from './support.js';

/** What only a real database can show: races between processes, and its loss. */
describe('on PostgreSQL', () => {
  let database: TestDatabase;
  let runs: FakeDeploymentRuns;
  let first: TestApi;
  let second: TestApi;
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate(database.url);
    runs = new FakeDeploymentRuns();
    // What hangs hangs for longer than any test: an answer that comes meanwhile did not wait for it.
    const start = () => startTestApi({ stores: createPostgresStores({ url: database.url, statementTimeoutMs: 120_000 }), runs });
    [first, second] = [await start(), await start()];
    await first.putCheckout();
  }, 30_000);
  afterAll(async () => {
    await Promise.all([first, second].map(async (api) => {
      await api.close();
      await api.app.afterwards.settled();
      await api.stores.close();
    }));
    await database.drop();
  }, 30_000);

  const REQUEST = { service: 'checkout', environment: 'production', version: 'v1' };
  const post = (api: TestApi, key: string, body: object = REQUEST) => api.call('POST', '/api/v1/deployments', { body, headers: { 'Idempotency-Key': key } });
  beforeEach(async () => {
    const live = await runs.describe('production', 'checkout');
    if (live) runs.terminate(live.deployment);
  });

  it('one key is one deployment, however many processes are asked at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => post(n % 2 ? first : second, 'race')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
  });

  it('different keys are one deployment and refusals that name it', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => post(n % 2 ? first : second, `many-${n}`)));
    const [won] = answers.filter(({ status }) => status === 202);
    const lost = answers.filter(({ status }) => status !== 202);
    expect(lost.map(({ body }) => [body['code'], body['deployment']])).toEqual(Array.from({ length: 7 }, () => ['DEPLOYMENT_LIVE', won?.body['id']]));
  });

  it('a key with another body is refused in every process', async () => {
    await post(first, 'body');
    expect((await post(second, 'body', { ...REQUEST, version: 'v2' })).body['code']).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('a request that found Temporal away is driven on by another process', async () => {
    runs.set('away');
    expect((await post(first, 'outage')).body['code']).toBe('TEMPORAL_UNAVAILABLE');
    runs.set('back');
    const { status, body } = await post(second, 'outage');
    expect([status, (await runs.findRunning(String(body['id'])))?.deployment]).toEqual([202, body['id']]);
  });

  it('two changes that start from the same revision are one change', async () => {
    const { headers, body } = await first.call('GET', '/api/v1/services/checkout');
    const change = (api: TestApi, owner: string) => api.call('PUT', '/api/v1/services/checkout', { body: { ...Object(body['definition']), owner }, headers: { 'If-Match': headers.get('etag') ?? '' } });
    const answers = await Promise.all([change(first, 'a'), change(second, 'b')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });

  it('a live deployment is shown at once while the database hangs', async () => {
    const { body } = await post(first, 'hangs');
    const locked = await lockDeployments(database.url);
    try {
      const answer = await second.call('GET', `/api/v1/deployments/${String(body['id'])}`);
      expect(answer.body).toMatchObject({ id: body['id'], source: 'run' });
    } finally {
      await locked.release();
    }
  });

  it('a live deployment is aborted while the database is gone, and everything works again afterwards', async () => {
    const { body } = await post(first, 'gone');
    await statement(serverOf(database.url), `ALTER DATABASE ${nameOf(database.url)} WITH ALLOW_CONNECTIONS false`);
    await statement(serverOf(database.url), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${nameOf(database.url)}'`);
    expect((await second.call('GET', '/api/v1/deployments')).body['code']).toBe('DATABASE_UNAVAILABLE');
    expect((await second.call('POST', `/api/v1/deployments/${String(body['id'])}/abort`)).status).toBe(200);
    await statement(serverOf(database.url), `ALTER DATABASE ${nameOf(database.url)} WITH ALLOW_CONNECTIONS true`);
    expect(await until(async () => (await second.call('GET', '/api/v1/deployments')).status === 200)).toBe(true);
  });
});

/** Statements on the table wait until it is released, as on a database whose disk hangs. */
async function lockDeployments(url: string): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE deployments IN ACCESS EXCLUSIVE MODE');
  return { release: () => client.end() };
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

/** The server's own database, from where another may be closed. */
function serverOf(url: string): string {
  const server = new URL(url);
  server.pathname = '/postgres';
  return server.href;
}
