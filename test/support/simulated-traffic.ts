import { bucketOf, LATENCY_BOUNDS_MS } from '../../src/domain/analysis/latency.js';
import { answered, type Traffic } from '../../src/domain/analysis/traffic.js';

/** Numbers from 0 to 1, the same ones for the same seed. */
export type Chance = () => number;

export function seeded(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What one request comes to. */
export interface Outcome {
  readonly isClientError: boolean;
  readonly ms: number;
}

/** One second of a slot with independent users. */
export function second(chance: Chance, perSecond: number, outcome: () => Outcome): Traffic {
  const latency = LATENCY_BOUNDS_MS.concat(0).map(() => 0);
  let [requests, clientErrors] = [0, 0];
  for (let at = exponential(chance, perSecond); at < 1; at += exponential(chance, perSecond)) {
    const { isClientError, ms } = outcome();
    const bucket = bucketOf(ms);
    latency[bucket] = (latency[bucket] ?? 0) + 1;
    requests += 1;
    if (isClientError) clientErrors += 1;
  }
  return answered({ requests, errors: 0, clientErrors, latency });
}

/** Of a distribution whose logarithm is normal: at sigma 2 one in twenty takes 27 times the median. */
export function logNormal(chance: Chance, medianMs: number, sigma: number): number {
  return medianMs * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance()));
}

function exponential(chance: Chance, perSecond: number): number {
  return -Math.log(1 - chance()) / perSecond;
}
