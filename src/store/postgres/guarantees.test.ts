import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { createTestDatabase, statement, type TestDatabase } from '../../../test/support/database.js';
import { waitingFor } from '../../../test/support/waiting-for.js';
import type { DeploymentEvent } from '../../domain/event/event.js';
import { aDeployment, aService, anEvent } from '../contract/samples.js';
import type { Stores } from '../stores.js';
import { openDatabase, type Database } from './database.js';
import { insertEvents } from './event-store.js';
import { migrate } from './migrate.js';
import { createPostgresStores } from './postgres-stores.js';

describe('what only PostgreSQL can get wrong', () => {
  let testDatabase: TestDatabase;
  let stores: Stores;
  let database: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    await migrate(testDatabase.url);
    stores = createPostgresStores({ url: testDatabase.url });
    database = openDatabase({ url: testDatabase.url, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000, connections: 2, onConnectionLost: () => {} });
  });
  afterAll(async () => {
    await stores.close();
    await database.close();
    await testDatabase.drop();
  });

  it('shows no later event of a deployment while an earlier one is uncommitted', async () => {
    const id = ulid();
    let later: Promise<unknown> = Promise.resolve();
    await database.transaction(async (queries) => {
      await insertEvents(queries, [anEvent(id, 'early')]);
      later = stores.events.append([anEvent(id, 'late')]);
      await waitingFor(testDatabase.url, 'advisory');
      expect(await stores.events.after(id, 0, 10)).toEqual([]);
    });
    await later;
    expect((await stores.events.after(id, 0, 10)).map((event) => event.key)).toEqual(['early', 'late']);
  });

  // Not by `append`: its limit of a second is another promise, which many at once on a busy machine would exceed.
  it('lets two appends over the same deployments in opposite order both end', async () => {
    const [a, b] = [ulid(), `${ulid().slice(0, 25)}Z`];
    const patient = openDatabase({ url: testDatabase.url, statementTimeoutMs: 60_000, connectTimeoutMs: 60_000, connections: 8, onConnectionLost: () => {} });
    const insert = (...events: DeploymentEvent[]) => patient.transaction((queries) => insertEvents(queries, events));
    const rounds = Array.from({ length: 20 }, (_, n) => [
      insert(anEvent(a, `x${n}`), anEvent(b, `x${n}`)),
      insert(anEvent(b, `y${n}`), anEvent(a, `y${n}`)),
    ]);
    await Promise.all(rounds.flat());
    await patient.close();
    expect((await stores.events.after(a, 0, 100)).length).toBe(40);
    expect((await stores.events.after(b, 0, 100)).length).toBe(40);
  }, 90_000);

  it('finds the audit row that was changed behind its back', async () => {
    for (const subject of ['a', 'b', 'c']) await stores.audit.append({ actor: 'ada', action: 'service.put', subject, detail: { n: 1 } });
    await statement(testDatabase.url, `ALTER TABLE audit DISABLE TRIGGER audit_append_only; UPDATE audit SET actor = 'eve' WHERE sequence = 2`);
    expect(await stores.audit.verify()).toEqual({ rows: 1, brokenAt: 2 });
    await statement(testDatabase.url, `UPDATE audit SET actor = 'ada' WHERE sequence = 2`);
    expect(await stores.audit.verify()).toEqual({ rows: 3, brokenAt: null });
    await statement(testDatabase.url, `DELETE FROM audit WHERE sequence = 2; ALTER TABLE audit ENABLE TRIGGER audit_append_only`);
    expect(await stores.audit.verify()).toEqual({ rows: 1, brokenAt: 2 });
  });

  it.each(['UPDATE audit SET actor = actor', 'DELETE FROM audit', 'TRUNCATE audit', 'UPDATE deployment_events SET text = text'])('refuses %s', async (sql) => {
    await expect(statement(testDatabase.url, sql)).rejects.toThrow('appended');
  });

  it('keeps a refused transaction out and its connection in use', async () => {
    const service = aService();
    const put = (expected: number) => stores.services.put({ service, definition: {}, by: 'ada', expected, entries: [], sources: [] });
    for (let n = 0; n < 20; n += 1) await expect(put(7)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await put(0)).revision).toBe(1);
  });

  it('goes on after its connections were cut', async () => {
    const deployment = aDeployment(aService());
    await stores.deployments.request(deployment);
    await statement(testDatabase.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'slipway' AND datname = current_database()`);
    expect((await retried(() => stores.deployments.get(deployment.id)))?.id).toBe(deployment.id);
  });

  it('tells a bug from a database that is away, without the parameters', async () => {
    const secret = 'hunter2';
    const failed = database.run((queries) => queries.execute(`SELECT '${secret}' FROM nowhere`));
    await expect(failed).rejects.not.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(failed).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining(secret) }));
  });
});

/** A connection that was cut a moment ago may be handed out once more; each failure takes one out of the pool. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}
