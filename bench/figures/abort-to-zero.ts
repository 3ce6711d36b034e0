import type { Benchmark, Measured, Room } from '../benchmark.js';
import { candidateShares, whenAtZero } from '../rig/admin.js';
import { bareUpdate } from '../rig/bare-update.js';
import { type Edge, openEdge } from '../rig/edge.js';
import { endsAs, putService } from '../rig/services.js';
import { startStack, type Stack } from '../rig/stack.js';
import { waitFor } from '../rig/wait.js';
import { percentile } from '../samples.js';

const SERVICES = 8;
const ROUNDS = 6;
const ZERO_WITHIN_MS = 20_000;

/**
 * From the answer of `POST .../abort` until both HAProxies of the service show the candidate without a share, read on their admin sockets by the
 * benchmark itself. Every process is the real one. The baseline is an update of a workflow that does nothing, and its answer.
 */
export const abortToZero: Benchmark = { ids: ['abort-to-zero-p99-ms'], needs: ['haproxy'], run };

/** How long an abort took until the candidate had no traffic. */
export interface Abort {
  /** From the request until its answer. */
  readonly answeredMs: number;
  readonly fromRequestMs: number;
  /** 0 when the routers had it before the answer came. */
  readonly fromAnswerMs: number;
}

async function run(room: Room): Promise<readonly Measured[]> {
  room.say('starting Temporal, PostgreSQL, API, worker and pairs of HAProxies');
  const edges = await Promise.all(Array.from({ length: SERVICES }, (_, index) => openEdge(room, { name: `shop-${index + 1}`, instances: 2 })));
  const stack = await startStack(room, edges);
  await stack.startWorker();
  const update = await bareUpdate(room, stack.temporalAddress);
  await Promise.all(edges.map((edge) => firstRelease(stack, edge)));
  await update();
  const aborts: Abort[] = [];
  const bare: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    room.say(`round ${round} of ${ROUNDS}, ${SERVICES} canaries`);
    const live = await Promise.all(edges.map(async (edge) => ({ edge, id: await bakingCanary(stack, edge) })));
    for (const { edge, id } of live) {
      aborts.push(await abort(stack, edge, id));
      const began = performance.now();
      await update();
      bare.push(performance.now() - began);
    }
    await Promise.all(live.map(({ id }) => endsAs(stack.api, id, 'rolled-back')));
  }
  const answered = aborts.map(({ fromAnswerMs }) => fromAnswerMs);
  const requested = aborts.map(({ fromRequestMs }) => fromRequestMs);
  return [{
    id: 'abort-to-zero-p99-ms', value: percentile(answered, 99), unit: 'ms', n: aborts.length, baseline: percentile(bare, 99),
    detail: {
      p50: percentile(answered, 50), 'p99 from the request': percentile(requested, 99), 'p50 from the request': percentile(requested, 50), 'bare p50': percentile(bare, 50),
    },
  }];
}

export async function firstRelease({ api }: Stack, { name }: Edge): Promise<void> {
  await putService(api, name);
  await endsAs(api, await api.deploy(name, 'v1'), 'succeeded');
}

/** @returns the id of a deployment whose candidate has 10 % */
export async function bakingCanary({ api }: Stack, { name, haproxy }: Edge): Promise<string> {
  const id = await api.deploy(name, 'v2');
  await waitFor(`${name} bakes`, async () => (await candidateShares(haproxy)).every((share) => share === 1_000), 60_000);
  return id;
}

export async function abort({ api }: Stack, { haproxy }: Edge, id: string): Promise<Abort> {
  const requestedAt = performance.now();
  const zero = whenAtZero(haproxy, ZERO_WITHIN_MS);
  const answered = api.call('POST', `/deployments/${id}/abort`, {}).then(() => performance.now());
  const [zeroAt, answeredAt] = await Promise.all([zero, answered]);
  return { answeredMs: answeredAt - requestedAt, fromRequestMs: zeroAt - requestedAt, fromAnswerMs: Math.max(0, zeroAt - answeredAt) };
}
