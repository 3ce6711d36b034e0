import type { PullSummary } from '../../domain/deployment/watching.js';
import type { Generation } from '../../domain/router/entry.js';
import type { PullReport, Router } from '../../routers/router.js';
import type { Clock } from './clock.js';
import { within } from './within.js';

export interface PullRequest {
  readonly router: Router;
  readonly backend: string;
  readonly generations: readonly Generation[];
  /** Router instances that were given up: they are pulled too if they answer, and not waited for. */
  readonly except: readonly string[];
  /** When the breaching sample arrived, ms since the epoch. */
  readonly since: number;
}

/** Instances that do not answer are tried again for so long. */
const RETRY_MS = 2_000;
const PAUSE_MS = 100;
/** A router keeps its own time limit; one that does not is left behind after this. Longer than that limit, as its report names who is away. */
const CALL_LIMIT_MS = 4_000;

/**
 * Takes every generation back on every router instance. The calls leave before this function first yields.
 *
 * Never throws: an instance that did not confirm is named, and the workflow goes on from there. An instance that is slow to fail delays the
 * answer, and neither the pull nor the figure of those that answer.
 */
export async function pullAll(request: PullRequest, clock: Clock): Promise<PullSummary> {
  const began = clock.now();
  const confirmations = createConfirmations(request.generations, clock);
  let known: ReadonlySet<string> = new Set();
  for (;;) {
    const reports = await pullOnce(request, confirmations, clock);
    const confirmed = confirmations.confirmed();
    known = new Set([...known, ...confirmed, ...reports.flatMap((report) => report?.instances.map(({ instance }) => instance) ?? [])]);
    const unreached = known.size === 0 ? [request.router.name] : [...known].filter((instance) => !confirmed.has(instance));
    const awaited = unreached.filter((instance) => !request.except.includes(instance));
    if (awaited.length === 0 || clock.now() - began >= RETRY_MS) return { breachToZeroMs: (confirmations.newestAt() ?? clock.now()) - request.since, unreached: awaited };
    await clock.sleep(PAUSE_MS);
  }
}

function pullOnce({ router, backend, generations }: PullRequest, confirmations: Confirmations, clock: Clock): Promise<readonly (PullReport | undefined)[]> {
  return Promise.all(generations.map(async (generation) => {
    const pulled = router.pull(backend, generation, (instance) => confirmations.add(instance, generation));
    const report = await within(clock, CALL_LIMIT_MS, pulled).catch(() => undefined);
    for (const one of report?.instances ?? []) if (one.ok) confirmations.add(one.instance, generation);
    return report;
  }));
}

interface Confirmations {
  add(instance: string, generation: Generation): void;
  /** Instances that confirmed every generation. */
  confirmed(): ReadonlySet<string>;
  /** When the newest of them had; undefined: none has. */
  newestAt(): number | undefined;
}

function createConfirmations(generations: readonly Generation[], clock: Clock): Confirmations {
  const byInstance = new Map<string, Set<Generation>>();
  const completeAt = new Map<string, number>();
  return {
    add(instance, generation) {
      const heard = (byInstance.get(instance) ?? new Set()).add(generation);
      byInstance.set(instance, heard);
      if (heard.size === generations.length && !completeAt.has(instance)) completeAt.set(instance, clock.now());
    },
    confirmed: () => new Set(completeAt.keys()),
    newestAt: () => (completeAt.size === 0 ? undefined : Math.max(...completeAt.values())),
  };
}
