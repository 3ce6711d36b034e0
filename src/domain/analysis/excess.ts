import { WHOLE, type BasisPoints } from '../share.js';
import { deviationsAbove, partOf, type Part } from './proportions.js';

/** From when on the candidate's share counts as more than stable's. */
export interface ExcessBounds {
  /** Heads that each of the two must have had. */
  readonly leastHeads: number;
  /** Above stable's share, in basis points; exactly so many more is no excess. */
  readonly above: BasisPoints;
}

/** `few`: either side has had too little to be compared. */
export type Excess = 'few' | 'none' | 'excess';

/** By how many standard deviations the two must differ: each sample is a new chance to be wrong. */
const DEVIATIONS = 4;

/** Whether the candidate's share is above stable's by more than the bound, and by more than chance. */
export function excessOf(candidate: Part, stable: Part, { leastHeads, above }: ExcessBounds): Excess {
  if (candidate.of < leastHeads || stable.of < leastHeads) return 'few';
  const more = excessShare(candidate, stable) > above && deviationsAbove(candidate, stable) > DEVIATIONS;
  return more ? 'excess' : 'none';
}

/** The excess of the candidate's share over stable's, in basis points; below 0 where it is less. */
export function excessShare(candidate: Part, stable: Part): number {
  return (partOf(candidate) - partOf(stable)) * WHOLE;
}
