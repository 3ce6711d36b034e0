import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { createTestDatabase, statement, type TestDatabase } from '../../../test/support/database.js';
import { waitingFor } from '../../../test/support/waiting-for.js';
import { codeOf } from '../../domain/errors.js';
import { aBackup, aContent, aRestore, aStored, aVerifiedEnd } from '../contract/backup-samples.js';
import { aService } from '../contract/samples.js';
import type { Stores } from '../stores.js';
import { openDatabase, type Database } from './database.js';
import { migrate } from './migrate.js';
import { createPostgresStores } from './postgres-stores.js';

describe('what only PostgreSQL can get wrong of backups', () => {
  let testDatabase: TestDatabase;
  let processes: readonly Stores[];
  let database: Database;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    await migrate(testDatabase.url);
    processes = [1, 2, 3].map(() => createPostgresStores({ url: testDatabase.url, connections: 5, statementTimeoutMs: 60_000, connectTimeoutMs: 60_000 }));
    database = openDatabase({ url: testDatabase.url, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000, connections: 2, onConnectionLost: () => {} });
  });
  afterAll(async () => {
    await Promise.all(processes.map((stores) => stores.close()));
    await database.close();
    await testDatabase.drop();
  });
  const first = (): Stores => {
    const [stores] = processes;
    if (!stores) throw new Error('The stores were not opened.');
    return stores;
  };

  it('never lets anybody in beside a holder who is alone, and hands out growing tokens', async () => {
    const name = aService();
    const inside = { shared: 0, alone: 0 };
    const tokens: number[] = [];
    const given = { shared: 0, alone: 0 };
    await Promise.all(Array.from({ length: 15 }, (_, worker) => work(worker)));
    expect(given.alone).toBeGreaterThan(0);
    expect(given.shared).toBeGreaterThan(0);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));

    async function work(worker: number): Promise<void> {
      const stores = processes[worker % processes.length] ?? first();
      const mode = worker % 3 === 0 ? 'alone' : 'shared';
      for (let round = 0; round < 20; round += 1) {
        const answer = await stores.leases.acquire({ name, mode, holder: String(worker), ttlMs: 30_000 });
        if (!('token' in answer)) continue;
        expect(mode === 'alone' ? inside : { ...inside, shared: 0 }).toEqual({ shared: 0, alone: 0 });
        inside[mode] += 1;
        given[mode] += 1;
        if (mode === 'alone') tokens.push(answer.token);
        await stores.ping();
        inside[mode] -= 1;
        await stores.leases.release(answer.token);
      }
    }
  }, 120_000);

  it('sees a lease run out while it waits for its turn', async () => {
    const name = aService();
    await first().leases.acquire({ name, mode: 'alone', holder: 'dead', ttlMs: 60_000 });
    const waiting = await database.transaction(async (queries) => {
      await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('slipway.lease/' || ${name}, 0))`);
      const acquiring = first().leases.acquire({ name, mode: 'alone', holder: 'next', ttlMs: 1_000 });
      await waitingFor(testDatabase.url, 'advisory');
      await statement(testDatabase.url, `UPDATE leases SET until = clock_timestamp() WHERE name = '${name}'`);
      return { acquiring };
    });
    expect(await waiting.acquiring).toMatchObject({ token: expect.any(Number) });
  });

  it('keeps the content of a hundred thousand files within the limits of its statements', async () => {
    // Those of production: one of a second was a measure of the machine.
    const stores = createPostgresStores({ url: testDatabase.url });
    const backup = aBackup(aService());
    const names = Array.from({ length: 100_000 }, (_, n) => `2026/11/${n % 30}/${n}.json`);
    const fingerprint = { items: Object.fromEntries(names.map((name, n) => [name, { kind: 'file' as const, count: String(n), sum: 'f'.repeat(64) }])), about: {} };
    const manifest = { files: Object.fromEntries(names.map((name, n) => [name, { kind: 'file' as const, bytes: n, sha256: 'f'.repeat(64) }])) };
    await stores.backups.request(backup);
    await stores.backups.keepContent(backup.id, 1, { ...aContent(), fingerprint });
    await stores.backups.stored(backup.id, aStored({ manifest }));
    await stores.backups.record(aVerifiedEnd(backup));
    const content = await stores.backups.content(backup.id);
    expect(JSON.stringify(content) === JSON.stringify({ fingerprint, at: content?.at, manifest })).toBe(true);
    await stores.close();
  }, 120_000);

  it('leaves no half of a content whose writer was cut off', async () => {
    const { backups } = first();
    const backup = aBackup(aService());
    await backups.request(backup);
    const files = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [String(n), { kind: 'folder' as const }]));
    await statement(testDatabase.url, `ALTER TABLE backup_content_parts ADD CONSTRAINT cut CHECK (part < 5 OR backup <> '${backup.id}')`);
    await expect(backups.keepContent(backup.id, 1, aContent({ manifest: { files } }))).rejects.toThrow();
    expect(await backups.content(backup.id, 1)).toBeUndefined();
    await statement(testDatabase.url, 'ALTER TABLE backup_content_parts DROP CONSTRAINT cut');
    await backups.keepContent(backup.id, 1, aContent({ manifest: { files } }));
    expect(Object.keys((await backups.content(backup.id, 1))?.manifest?.files ?? {})).toHaveLength(20_000);
  });

  it('lets a restore that begins and the retention of its backup both end, and only one of them win', async () => {
    const { backups, restores } = first();
    for (let round = 0; round < 10; round += 1) {
      const backup = aBackup(aService());
      await backups.request(backup);
      await backups.record(aVerifiedEnd(backup));
      const restore = aRestore(backup.service, { backup: backup.id });
      const [begun, gone] = await Promise.all([
        restores.request(restore).then(() => restores.claim(restore.id, 'run')).catch((error: unknown) => codeOf(error)),
        processes[1]?.backups.letGo([backup.id]),
      ]);
      expect([begun, gone]).toEqual(gone?.length === 0 ? [true, []] : ['BACKUP_FORGOTTEN', [backup.id]]);
    }
  });

  it('holds nothing, and drops no hold, that the audit does not know', async () => {
    const { backups } = first();
    const [free, kept] = [aBackup(aService()), aBackup(aService())];
    const hold = { by: 'ada', reason: 'case 7', at: '2026-01-01T00:00:00.000Z' };
    const entry = { actor: 'ada', action: 'backup.hold', subject: 'a', detail: {} };
    for (const backup of [free, kept]) {
      await backups.request(backup);
      await backups.record(aVerifiedEnd(backup));
    }
    await backups.hold(kept.id, hold, entry);
    await statement(testDatabase.url, `ALTER TABLE audit ADD CONSTRAINT cut CHECK (subject <> 'b') NOT VALID`);
    await expect(backups.hold(free.id, hold, { ...entry, subject: 'b' })).rejects.toThrow();
    await expect(backups.hold(kept.id, null, { ...entry, subject: 'b' })).rejects.toThrow();
    expect([(await backups.get(free.id))?.hold, (await backups.get(kept.id))?.hold]).toEqual([null, hold]);
    await statement(testDatabase.url, 'ALTER TABLE audit DROP CONSTRAINT cut');
  });

  it('lets a hold and the retention of the same backup both end, and only one of them win', async () => {
    const { backups } = first();
    for (let round = 0; round < 10; round += 1) {
      const backup = aBackup(aService());
      await backups.request(backup);
      await backups.record(aVerifiedEnd(backup));
      const [held, gone] = await Promise.all([
        backups.hold(backup.id, { by: 'ada', reason: 'case 7', at: '2026-01-01T00:00:00.000Z' }, { actor: 'ada', action: 'backup.hold', subject: backup.id, detail: {} }).then(() => true, () => false),
        processes[1]?.backups.letGo([backup.id]),
      ]);
      expect([held, gone?.length]).toEqual(held ? [true, 0] : [false, 1]);
    }
  });
});
