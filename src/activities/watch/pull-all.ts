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

/**
 * Takes every generation back on every router instance. The calls leave before this function first yields.
 *
 * Never throws: an instance that did not confirm is named, and the workflow goes on from there.
 */
export async function pullAll(request: PullRequest, clock: Clock): Promise<PullSummary> {
  const began = clock.now();
  let confirmed: ReadonlySet<string> = new Set();
  let known: ReadonlySet<string> = new Set();
  let confirmedAt: number | undefined;
  for (;;) {
    const reports = await pullOnce(request, clock);
    const ok = confirmedBy(reports);
    if (ok.some((instance) => !confirmed.has(instance))) confirmedAt = clock.now();
    confirmed = new Set([...confirmed, ...ok]);
    known = new Set([...known, ...reports.flatMap((report) => report?.instances.map(({ instance }) => instance) ?? [])]);
    const unreached = known.size === 0 ? [request.router.name] : [...known].filter((instance) => !confirmed.has(instance));
    const awaited = unreached.filter((instance) => !request.except.includes(instance));
    if (awaited.length === 0 || clock.now() - began >= RETRY_MS) return { breachToZeroMs: (confirmedAt ?? clock.now()) - request.since, unreached: awaited };
    await clock.sleep(PAUSE_MS);
  }
}

function pullOnce({ router, backend, generations }: PullRequest, clock: Clock): Promise<readonly (PullReport | undefined)[]> {
  return Promise.all(generations.map((generation) => within(clock, RETRY_MS, router.pull(backend, generation)).catch(() => undefined)));
}

/** Instances that confirmed every generation. */
function confirmedBy(reports: readonly (PullReport | undefined)[]): string[] {
  const [first] = reports;
  const names = first?.instances.map(({ instance }) => instance) ?? [];
  return names.filter((name) => reports.every((report) => report?.instances.some((one) => one.instance === name && one.ok)));
}
