import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../domain/errors.js';
import type { RouterInstance } from './router-instance.js';
import type { DrainOptions, DrainReport, FencedSlot } from './router.js';

/** One reading of 0 may fall between two requests of a retry; two of them this far apart do not. */
const READ_EVERY_MS = 25;

interface Count {
  readonly inFlight: number;
  readonly unread: readonly string[];
}

/** Waits until nothing is in flight to the slot on any instance, then ends what is left at the deadline. @throws SUPERSEDED */
export async function drainInstances(instances: readonly RouterInstance[], at: FencedSlot, options: DrainOptions): Promise<DrainReport> {
  const deadline = performance.now() + options.timeoutMs;
  let quiet = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const count = await countInFlight(instances, at);
    options.onProgress?.(count.inFlight);
    quiet = isQuiet(count) ? quiet + 1 : 0;
    if (quiet >= 2) return { ...count, forced: false };
    if (performance.now() >= deadline && !isQuiet(count)) return force(instances, at, count);
    await pause(options.signal);
  }
}

function isQuiet({ inFlight, unread }: Count): boolean {
  return inFlight === 0 && unread.length === 0;
}

async function countInFlight(instances: readonly RouterInstance[], { backend, slot }: FencedSlot): Promise<Count> {
  const counts = await Promise.all(instances.map(async (one) => ({ name: one.name, count: await one.inFlight(backend, slot).catch(() => undefined) })));
  return {
    inFlight: counts.reduce((sum, { count }) => sum + (count ?? 0), 0),
    unread: counts.filter(({ count }) => count === undefined).map(({ name }) => name),
  };
}

async function force(instances: readonly RouterInstance[], at: FencedSlot, count: Count): Promise<DrainReport> {
  if (count.inFlight === 0) return { ...count, forced: false };
  const ended = await Promise.all(instances.map((one) => one.endRequests(at).then(() => [], (error: unknown) => {
    if (codeOf(error) === 'SUPERSEDED') throw error;
    return [one.name];
  })));
  return { inFlight: count.inFlight, forced: true, unread: [...new Set([...count.unread, ...ended.flat()])] };
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await sleep(READ_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}
