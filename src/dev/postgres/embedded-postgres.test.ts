import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { freePort } from '../../../test/support/free-port.js';

describe('the embedded PostgreSQL', () => {
  let folder: string;
  let running: EmbeddedPostgres[];
  const start = async (over: { port?: number; log?: (line: string) => void } = {}) => {
    const postgres = await startEmbeddedPostgres({ folder, port: over.port ?? await freePort(), settings: { fsync: 'off' }, ...(over.log ? { log: over.log } : {}) });
    running.push(postgres);
    return postgres;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-embedded-'));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((postgres) => postgres.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps its data over a stop and a kill', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (n integer)');
    await query(first.url, 'INSERT INTO kept VALUES (1)');
    await first.stop();
    const second = await start();
    await query(second.url, 'INSERT INTO kept VALUES (2)');
    second.process.kill('SIGKILL');
    await second.ended;
    const third = await start();
    expect(await query(third.url, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  }, 30_000);

  it('lets nobody in without its password, which only its owner can read', async () => {
    const postgres = await start();
    const url = new URL(postgres.url);
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(folder, 'password'))).mode & 0o077).toBe(0);
  }, 20_000);

  it('starts anew where an earlier set-up was cut off', async () => {
    await mkdir(join(folder, 'data.new'));
    await writeFile(join(folder, 'data.new', 'half'), '');
    expect(await query((await start()).url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  }, 20_000);

  it('refuses a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    other.close();
  }, 20_000);

  it('refuses a folder that another one runs on', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' });
  }, 20_000);

  it('says what PostgreSQL said when it does not come up', async () => {
    await (await start()).stop();
    await writeFile(join(folder, 'data', 'postgresql.conf'), 'no_such_setting = 1\n');
    const lines: string[] = [];
    await expect(start({ log: (line) => lines.push(line) })).rejects.toMatchObject({ code: 'PROCESS_FAILED' });
    expect(lines.join('\n')).toContain('no_such_setting');
  }, 20_000);

  it('never prints its password', async () => {
    const lines: string[] = [];
    await (await start({ log: (line) => lines.push(line) })).stop();
    expect(lines.join('\n')).not.toContain((await readFile(join(folder, 'password'), 'utf8')).trim());
  }, 20_000);
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
