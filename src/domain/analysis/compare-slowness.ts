import { formatShare } from '../share.js';
import { type Excess, type ExcessBounds, excessOf, excessShare } from './excess.js';
import { LATENCY_BOUNDS_MS, type LatencyBuckets } from './latency.js';
import { isFarSlower, slowestInTime, slowPart } from './slow-share.js';
import type { Finding } from './verdict.js';

export const FAILING_SLOWNESS: ExcessBounds = { leastHeads: 20, above: 3_000 };

/** The candidate's first heads come from cold caches and connections, and say nothing about it. */
export const COLD_HEADS = 100;

/**
 * Compares how many of the candidate's heads are slower than nine in ten of stable's with how many of stable's are.
 *
 * It is an excess only where three in four of the candidate's are far slower as well. A mean is ruled by its few slowest; these are not, so that
 * it needs no limit in ms.
 */
export function compareSlowness(candidate: LatencyBuckets, stable: LatencyBuckets): Excess {
  const bucket = slowestInTime(stable);
  if (bucket === undefined) return 'few';
  const excess = excessOf(slowPart(candidate, bucket), slowPart(stable, bucket), FAILING_SLOWNESS);
  return excess === 'excess' && !isFarSlower(candidate, stable) ? 'none' : excess;
}

/** The comparison in words and numbers. @param rule the name under which it appears */
export function slownessFinding(rule: string, candidate: LatencyBuckets, stable: LatencyBuckets): Finding {
  const excess = compareSlowness(candidate, stable);
  const bucket = slowestInTime(stable);
  const { leastHeads, above } = FAILING_SLOWNESS;
  if (bucket === undefined || excess === 'few') {
    const [ours, theirs] = [slowPart(candidate, -1).of, slowPart(stable, -1).of];
    return { rule, kind: 'pass', text: `times to the head of ${ours} requests, stable's of ${theirs} (compared from ${leastHeads} each)` };
  }
  const [ours, theirs] = [slowPart(candidate, bucket), slowPart(stable, bucket)];
  const text = `slower than ${LATENCY_BOUNDS_MS[bucket]} ms ${ours.hits} of ${ours.of} heads, stable ${theirs.hits} of ${theirs.of}`;
  const numbers = { rule, value: Math.round(excessShare(ours, theirs)), limit: above };
  const near = numbers.value > above && excess === 'none' ? ', but by little or by chance' : '';
  return { ...numbers, kind: excess === 'excess' ? 'fail' : 'pass', text: `${text} (limit ${formatShare(above)} above stable's${near})` };
}
