import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { ulid } from 'ulid';
import { startGuardian } from '../../src/programs/guardian.js';
import { createPrograms } from '../../src/programs/programs.js';
import { createPostgresSource } from '../../src/sources/postgres/postgres-source.js';
import type { Source, SourceContext } from '../../src/sources/source.js';
import { type Postgres15, startPostgres15 } from '../../test/support/postgres-15-server.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { percentile } from '../samples.js';

const SWAPS = 20;
const CLIENTS = 4;
/** Between two attempts of a client to come back. */
const BACKOFF_MS = 10;
const SETTLED_MS = 200;
const DATABASE = 'ledger';

/** How long clients that reconnect get no answer from a database while restored data is swapped in. */
export const swapDowntime: Benchmark = { ids: ['swap-downtime-p50-ms'], needs: ['/usr/lib/postgresql/15/bin/pg_dump'], run };

async function run(room: Room): Promise<readonly Measured[]> {
  const server = await startPostgres15();
  room.later(() => server.stop());
  await server.run('postgres', `CREATE DATABASE ${DATABASE}`);
  await server.run(DATABASE, 'CREATE TABLE lines AS SELECT n, md5(n::text) FROM generate_series(1, 100000) n');
  const source = await sourceOf(room, server);
  const clients = Array.from({ length: CLIENTS }, () => startClient(server));
  room.later(async () => { for (const client of clients) await client.stop(); });
  const calls: number[] = [];
  for (let swap = 1; swap <= SWAPS; swap += 1) {
    room.say(`swap ${swap} of ${SWAPS}`);
    const at: SourceContext = { run: ulid(), signal: AbortSignal.timeout(60_000), stillOurs: async () => undefined, progress: () => undefined };
    await copied(source, at);
    calls.push((await source.swap(at)).tookMs);
    await sleep(SETTLED_MS);
    await source.dropOld(at);
  }
  const gaps = clients.flatMap((client) => client.gaps());
  return [{
    id: 'swap-downtime-p50-ms', value: percentile(gaps, 50), unit: 'ms', n: gaps.length,
    detail: { p90: percentile(gaps, 90), 'longest': Math.max(...gaps), 'swap itself p50': percentile(calls, 50) },
  }];
}

async function sourceOf(room: Room, server: Postgres15): Promise<Source> {
  const guardian = startGuardian();
  room.later(() => guardian.close());
  const stagingFolder = join(room.folder, 'staging');
  await mkdir(stagingFolder);
  const url = async (): Promise<string> => server.url(DATABASE);
  return createPostgresSource({ name: 'ledger', url, adminUrl: url, programs: createPrograms({ guardian }), stagingFolder });
}

/** Dumped and restored beside; no repository between, as it is the swap that is measured. */
async function copied(source: Source, at: SourceContext): Promise<void> {
  await source.fillCopy(at, (folder) => source.capture(at, async ({ content }) => {
    if (content.kind !== 'stream') throw new Error('a database is dumped as a stream');
    const [program, ...args] = content.command;
    await promisify(execFile)(program ?? '', [...args, `--file=${join(folder, content.name)}`], { env: { ...process.env, ...content.env } });
  }));
}

/** Asks on and on, and notes each time between the last answer before an error and the first one after it. */
function startClient(server: Postgres15) {
  const gaps: number[] = [];
  let going = true;
  const done = (async () => {
    let client: pg.Client | undefined;
    let lastAnswer = performance.now();
    let failing = false;
    while (going) {
      try {
        client ??= await connected(server);
        await client.query('SELECT count(*) FROM (SELECT FROM lines LIMIT 10) l');
        if (failing) gaps.push(performance.now() - lastAnswer);
        failing = false;
        lastAnswer = performance.now();
      } catch {
        failing = true;
        await client?.end().catch(() => undefined);
        client = undefined;
        await sleep(BACKOFF_MS);
      }
    }
    await client?.end().catch(() => undefined);
  })();
  return { gaps: () => gaps, stop: async () => { going = false; await done; } };
}

async function connected(server: Postgres15): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url(DATABASE), connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
