import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { newIdentity } from '../../src/engines/archive/new-identity.js';
import { programEnvironment } from '../../src/programs/program-environment.js';
import type { Postgres15 } from '../../test/support/postgres-15-server.js';
import type { Benchmark, Measured, Room } from '../benchmark.js';
import { barePipe } from '../rig/bare-pipe.js';
import { SOURCE_DATABASE, startSourceDatabase } from '../rig/source-database.js';
import { startStack, type Stack } from '../rig/stack.js';
import { waitFor } from '../rig/wait.js';
import { percentile } from '../samples.js';

const ROUNDS = 5;
const PASSWORD = 'bench-repository';
const LIMIT_MS = 300_000;
/** Each look asks the run itself, and takes processor time from what is measured. */
const LOOK_EVERY_MS = 1_000;
const RSS_EVERY_MS = 100;
const MIB = 1024 * 1024;

/**
 * A database of about a gigabyte into a new restic repository, by a real worker and by a bare pipe in turns; then once more into an archive.
 */
export const backup: Benchmark = { ids: ['backup-ratio', 'backup-verify-s', 'backup-worker-rss-mb'], needs: ['restic', 'bash', '/usr/lib/postgresql/15/bin/pg_dump'], run };

const view = z.object({ state: z.string(), bytes: z.number().nullable(), tookMs: z.record(z.string(), z.number()) });
type View = z.infer<typeof view>;

async function run(room: Room): Promise<readonly Measured[]> {
  const server = await startSourceDatabase(room);
  const vaults = Array.from({ length: ROUNDS }, (_, round) => `vault${round + 1}`);
  const stack = await stackOf(room, server, vaults);
  const worker = await stack.startWorker();
  const idleMb = await rssMb(worker.pid);
  const pipes: number[] = [];
  const ours: View[] = [];
  const peaks: number[] = [];
  for (const [index, vault] of vaults.entries()) {
    room.say(`round ${index + 1} of ${ROUNDS}: the bare pipe`);
    pipes.push(await bare(room, server, `bare-${vault}`));
    room.say(`round ${index + 1} of ${ROUNDS}: a backup`);
    await backedUp(stack, vault, 'small');
    const { result, peakMb } = await watched(worker.pid, () => backedUp(stack, vault));
    ours.push(result);
    peaks.push(peakMb);
  }
  room.say('the same into an archive');
  await backedUp(stack, 'files', 'small');
  const archive = await watched(worker.pid, () => backedUp(stack, 'files'));
  const bytes = ours[0]?.bytes ?? 0;
  const stored = ours.map(({ tookMs }) => tookMs['capture'] ?? 0).map((ms, index) => ms - (ours[index]?.tookMs['fingerprint'] ?? 0));
  const rate = (ms: number): number => bytes / MIB / (ms / 1_000);
  const median = (values: readonly number[]): number => percentile(values, 50);
  const verified = ours.map(({ tookMs }) => tookMs['verify'] ?? 0);
  const archived = archive.result.tookMs;
  return [
    {
      id: 'backup-ratio', value: rate(median(stored)), unit: 'MiB/s', n: ROUNDS, baseline: rate(median(pipes)),
      detail: { 'MiB dumped': bytes / MIB, 'fingerprint s': median(ours.map(({ tookMs }) => tookMs['fingerprint'] ?? 0)) / 1_000, 'archive MiB/s': rate((archived['capture'] ?? 0) - (archived['fingerprint'] ?? 0)) },
    },
    { id: 'backup-verify-s', value: median(verified) / 1_000, unit: 's', n: ROUNDS, baseline: median(stored) / 1_000, detail: { 'archive s': (archived['verify'] ?? 0) / 1_000 } },
    { id: 'backup-worker-rss-mb', value: Math.max(...peaks), unit: 'MiB', n: ROUNDS, baseline: idleMb, detail: { 'above idle': Math.max(...peaks) - idleMb, 'above idle, archive': archive.peakMb - idleMb } },
  ];
}

async function stackOf(room: Room, server: Postgres15, vaults: readonly string[]): Promise<Stack> {
  const identity = await newIdentity();
  const never = { launch: ['false'], status: ['false'], retire: ['false'] };
  const stack = await startStack(room, [], {
    config: {
      singleHost: true,
      routers: { edge: { haproxy: { instances: { a: { socket: join(room.folder, 'none.sock') } } } } }, targets: { hosts: { command: never } },
      repositories: {
        ...Object.fromEntries(vaults.map((vault) => [vault, { restic: { repository: join(room.folder, vault), password: { secret: 'VAULT' } } }])),
        files: { archive: { folder: join(room.folder, 'files'), identity: { secret: 'IDENTITY' } } },
      },
    },
    env: { SLIPWAY_SECRET_VAULT: PASSWORD, SLIPWAY_SECRET_IDENTITY: identity, SLIPWAY_SECRET_LEDGER: server.url(SOURCE_DATABASE), SLIPWAY_STAGING_FOLDER: join(room.folder, 'staging') },
  });
  await waitFor('the API has its database', () => stack.api.call('GET', '/services').then(() => true, () => false));
  const small = join(room.folder, 'small');
  await mkdir(small);
  // Data has one owner in an environment: an environment for each repository.
  await stack.api.call('PUT', '/services/books', {
    service: 'books',
    defaults: { router: { use: 'edge' }, target: { use: 'hosts' }, strategy: { blueGreen: {} }, health: { web: { tcp: {} } } },
    environments: Object.fromEntries([...vaults, 'files'].map((repository) => [repository, {
      backups: { ledger: { postgres: { url: { secret: 'LEDGER' } }, repository }, small: { directory: { path: small }, repository } },
    }])),
  });
  return stack;
}

async function backedUp(stack: Stack, repository: string, source = 'ledger'): Promise<View> {
  const { id } = z.object({ id: z.string() }).parse(await stack.api.call('POST', '/backups', { service: 'books', environment: repository, source }));
  let last: View | undefined;
  await waitFor(`backup ${id} is verified`, async () => {
    last = view.parse(await stack.api.call('GET', `/backups/${id}`));
    if (['failed', 'damaged', 'lost'].includes(last.state)) throw new Error(`Backup ${id} ended ${last.state}: ${JSON.stringify(last)}`);
    return last.state === 'verified' && last.tookMs['retain'] !== undefined;
  }, LIMIT_MS, LOOK_EVERY_MS);
  if (!last) throw new Error(`Backup ${id} was never seen.`);
  return last;
}

async function bare(room: Room, server: Postgres15, name: string): Promise<number> {
  const folder = join(room.folder, name);
  await initialized(folder);
  const url = new URL(server.url(SOURCE_DATABASE));
  return barePipe(room, {
    dump: [join(server.clients, 'pg_dump'), SOURCE_DATABASE],
    restic: ['restic', '--repo', folder, 'backup', '--quiet', '--stdin', '--stdin-filename', 'ledger.dump'],
    env: programEnvironment(process.env, {
      PGHOST: url.hostname, PGPORT: url.port, PGUSER: decodeURIComponent(url.username), PGPASSWORD: decodeURIComponent(url.password), RESTIC_PASSWORD: PASSWORD,
    }),
  });
}

/** Making a repository is no part of a backup: ours was made by a small one before. */
async function initialized(folder: string): Promise<void> {
  await promisify(execFile)('restic', ['--repo', folder, 'init'], { env: programEnvironment(process.env, { RESTIC_PASSWORD: PASSWORD }) });
}

async function watched<T>(pid: number, work: () => Promise<T>): Promise<{ readonly result: T; readonly peakMb: number }> {
  let peakMb = 0;
  const timer = setInterval(() => void rssMb(pid).then((now) => { peakMb = Math.max(peakMb, now); }, () => undefined), RSS_EVERY_MS);
  try {
    const result = await work();
    return { result, peakMb };
  } finally {
    clearInterval(timer);
  }
}

/** Of that process alone: what it starts has memory of its own. */
async function rssMb(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
