import { NO_GENERATION, type RouterEntry } from '../../domain/router/entry.js';
import { parseGeneration } from '../../domain/router/generation.js';
import type { Router, ShiftOutcome, ShiftReport, ShiftRequest } from '../../routers/router.js';

/**
 * A shift that also reaches router instances that lost their entry, as after a restart without their files: those hold no generation that could be
 * compared. What they are given must be shown by another instance that took it, or give nothing to a release that was not stable before.
 */
export async function shiftEverywhere(router: Router, request: ShiftRequest): Promise<ShiftReport> {
  const report = await router.shift(request);
  const lost = report.instances.filter(isLost).map(({ instance }) => instance);
  if (lost.length === 0 || !mayFollow(report, request.entry)) return report;
  const again = await router.shift({ ...request, base: NO_GENERATION, only: lost });
  return { instances: report.instances.map((one) => again.instances.find(({ instance }) => instance === one.instance) ?? one) };
}

function isLost(one: ShiftOutcome): boolean {
  return one.ok && one.outcome === 'conflict' && one.entry.generation === NO_GENERATION;
}

function mayFollow({ instances }: ShiftReport, entry: RouterEntry): boolean {
  const others = instances.filter((one) => one.ok && !isLost(one));
  const taken = others.every((one) => one.ok && (one.outcome === 'done' || one.outcome === 'already'));
  return taken && (others.length > 0 || staysWithStable(entry));
}

function staysWithStable({ candidateShare, deployment, generation }: RouterEntry): boolean {
  return candidateShare === 0 && parseGeneration(generation)?.deployment !== deployment;
}
