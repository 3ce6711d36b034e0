import { COLD_HEADS } from './compare-slowness.js';
import { addBuckets, type LatencyBuckets } from './latency.js';
import type { Traffic } from './traffic.js';
import type { Role } from './watch-sample.js';

/** Times to the head in both slots since the candidate has had its first requests. */
export interface WarmTimes extends Readonly<Partial<Record<Role, LatencyBuckets>>> {
  /** Ms since the epoch. */
  readonly since: number;
}

export interface WarmingUp {
  /** What the candidate had had before. */
  readonly headed: number;
  /** When the reading before this one was. */
  readonly from: number;
  readonly traffic: Readonly<Record<Role, Traffic>>;
}

/** A reading is taken as a whole or not at all, as nobody knows what came first in it. */
export function addWarm(before: WarmTimes | undefined, { headed, from, traffic }: WarmingUp): WarmTimes | undefined {
  if (headed < COLD_HEADS) return undefined;
  const stable = addBuckets(before?.stable, traffic.stable.latency);
  const candidate = addBuckets(before?.candidate, traffic.candidate.latency);
  return { since: before?.since ?? from, ...(stable && { stable }), ...(candidate && { candidate }) };
}
