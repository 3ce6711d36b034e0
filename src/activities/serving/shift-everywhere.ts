import type { RouterEntry } from '../../domain/router/entry.js';
import { isFromBefore } from '../../domain/router/fence.js';
import { parseGeneration } from '../../domain/router/generation.js';
import type { Router, ShiftOutcome, ShiftReport, ShiftRequest } from '../../routers/router.js';

/**
 * A shift that also reaches router instances that lost their entry, as after a restart without their files or from old ones: what they hold is none
 * that this deployment could have left there. What they are given must be shown by another instance that took it, or give nothing to a release that
 * was not stable before.
 */
export async function shiftEverywhere(router: Router, request: ShiftRequest): Promise<ShiftReport> {
  const report = await router.shift(request);
  const lost = report.instances.filter((one) => hasLost(one, request.entry));
  if (lost.length === 0 || !mayFollow(report, request.entry)) return report;
  const again = await Promise.all(lost.map(({ instance, entry }) => router.shift({ ...request, base: entry.generation, only: [instance] })));
  const outcomes = again.flatMap(({ instances }) => instances);
  return { instances: report.instances.map((one) => outcomes.find(({ instance }) => instance === one.instance) ?? one) };
}

type Conflict = Extract<ShiftOutcome, { readonly outcome: 'pulled' | 'conflict' }>;

function hasLost(one: ShiftOutcome, { generation }: RouterEntry): one is Conflict {
  return one.ok && one.outcome === 'conflict' && isFromBefore(one.entry.generation, generation);
}

function mayFollow({ instances }: ShiftReport, entry: RouterEntry): boolean {
  const others = instances.filter((one) => one.ok && !hasLost(one, entry));
  const taken = others.every((one) => one.ok && (one.outcome === 'done' || one.outcome === 'already'));
  return taken && (others.length > 0 || staysWithStable(entry));
}

function staysWithStable({ candidateShare, deployment, generation }: RouterEntry): boolean {
  return candidateShare === 0 && parseGeneration(generation)?.deployment !== deployment;
}
