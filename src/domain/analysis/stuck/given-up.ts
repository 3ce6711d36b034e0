import { ENOUGH_OF_STABLE } from '../known-traffic.js';
import { deviationsAbove, type Part, partOf } from '../proportions.js';
import type { Traffic } from '../traffic.js';

/** Requests that ended without any answer of a server. */
export interface GivenUp {
  /** Whether there are too many, beside stable's. */
  readonly tooMany: boolean;
  readonly candidate: Part;
  /** Absent where too little is known of it. */
  readonly stable?: Part;
}

const LEAST = 5;
/** One percentage point above stable's share, three times it, and five standard deviations: requests judged each second for hours stay below it by chance. */
const LEAST_ABOVE = 0.01;
const TIMES_STABLE = 3;
const DEVIATIONS = 5;
/** Without a stable to compare with. */
const MOST_ALONE = 0.05;

/** Counts clients that left before their answer, and what the router answered itself, in the whole step. */
export function givenUp(candidate: Traffic, stable: Traffic | undefined): GivenUp {
  const ours = endedWithout(candidate);
  const theirs = stable && endedWithout(stable);
  const comparable = theirs && theirs.of >= ENOUGH_OF_STABLE ? theirs : undefined;
  const tooMany = ours.hits >= LEAST && (comparable ? isAbove(ours, comparable) : partOf(ours) > MOST_ALONE);
  return { tooMany, candidate: ours, ...(comparable && { stable: comparable }) };
}

/** What still waits has not ended. */
function endedWithout({ headed, quit, ownErrors }: Traffic): Part {
  return { hits: quit + ownErrors, of: headed + quit + ownErrors };
}

function isAbove(ours: Part, theirs: Part): boolean {
  const above = partOf(ours) - partOf(theirs);
  return above > LEAST_ABOVE && partOf(ours) > TIMES_STABLE * partOf(theirs) && deviationsAbove(ours, theirs) > DEVIATIONS;
}
