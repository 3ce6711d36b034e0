import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { startOwnDatabase, type OwnDatabase } from '../../../test/support/database-server.js';
import { startStallingProxy } from '../../../test/support/stalling-proxy.js';
import { aDeployment, aService, anEvent } from '../contract/samples.js';
import type { Stores } from '../stores.js';
import { migrate } from './migrate.js';
import { createPostgresStores } from './postgres-stores.js';

const FROZEN_MS = 3_000;

describe('stores whose PostgreSQL goes away', () => {
  let server: OwnDatabase;
  let stores: Stores;
  beforeAll(async () => {
    server = await startOwnDatabase();
    await migrate(server.url);
    stores = createPostgresStores({ url: server.url, statementTimeoutMs: 1_000, connectTimeoutMs: 500 });
  }, 60_000);
  afterAll(async () => {
    await stores.close();
    await server.stop();
  }, 60_000);

  it('answer within their own limit while it is frozen, and write again when it thaws', async () => {
    const id = ulid();
    const proxy = await startStallingProxy(server.port);
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const behind = createPostgresStores({ url: url.href, statementTimeoutMs: FROZEN_MS, connectTimeoutMs: 500 });
    await until(async () => (await behind.events.append([anEvent(id, 'before')])).length === 0);
    proxy.stall();
    const [unwritten, tookMs] = await timed(() => behind.events.append([anEvent(id, 'frozen')]));
    const [refused, nextTookMs] = await timed(() => behind.events.append([anEvent(id, 'next')]));
    const [, askTookMs] = await timed(() => expect(behind.deployments.get(id)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' }));
    proxy.resume();
    expect([...unwritten, ...refused].map((event) => event.key)).toEqual(['frozen', 'next']);
    // A machine that is busy adds to it; without a limit it would be for ever.
    for (const each of [tookMs, askTookMs]) expect(each).toBeLessThan(FROZEN_MS + 15_000);
    // At once: another try would last as long as the first.
    expect(nextTookMs).toBeLessThan(FROZEN_MS);
    await until(async () => (await behind.events.append([...unwritten, ...refused])).length === 0);
    expect((await behind.events.after(id, 0, 10)).map((event) => event.key)).toEqual(['before', 'frozen', 'next']);
    await behind.close();
    await proxy.close();
  }, 90_000);

  it('lose no event and write none twice when it is killed in the middle of appends', async () => {
    const id = ulid();
    const expected = Array.from({ length: 200 }, (_, n) => anEvent(id, String(n).padStart(3, '0')));
    let unwritten = await stores.events.append(expected.slice(0, 50));
    const storm = Promise.all(expected.slice(50).map((event) => stores.events.append([event])));
    const crashed = server.crash();
    unwritten = [...unwritten, ...(await storm).flat()];
    expect(unwritten.length).toBeGreaterThan(0);
    await crashed;
    await expect(stores.deployments.get(id)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await server.restart();
    await until(async () => (unwritten = await stores.events.append(unwritten)).length === 0);
    const written = await stores.events.after(id, 0, 1_000);
    expect(written.map((event) => event.key).sort()).toEqual(expected.map((event) => event.key));
  }, 60_000);

  it('answer in time when nothing listens', async () => {
    const nowhere = createPostgresStores({ url: 'postgresql://slipway:x@127.0.0.1:1/slipway' });
    await expect(nowhere.deployments.request(aDeployment(aService()))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(nowhere.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(nowhere.observations.observe([])).resolves.toBeUndefined();
    await nowhere.close();
  });
});

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, performance.now() - began];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It did not come true within 25 s.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
