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
/** In so many different seconds at least: one user who reloads a page again and again is no five. */
const LEAST_SECONDS = 3;
/** One percentage point above stable's share, three times it, and five standard deviations: requests judged each second for hours stay below it by chance. */
const LEAST_ABOVE = 0.01;
const TIMES_STABLE = 3;
const DEVIATIONS = 5;
/** Without a stable to compare with. */
const MOST_ALONE = 0.05;

/**
 * Counts clients that left before their answer, and what the router answered itself, in the whole step.
 *
 * @param inSeconds in how many of its seconds there were any
 */
export function givenUp(candidate: Traffic, stable: Traffic | undefined, inSeconds: number): GivenUp {
  const ours = endedWithout(candidate);
  const theirs = stable && endedWithout(stable);
  const comparable = theirs && theirs.of >= ENOUGH_OF_STABLE ? theirs : undefined;
  const tooMany = ours.hits >= LEAST && inSeconds >= LEAST_SECONDS && (comparable ? isAbove(ours, comparable) : partOf(ours) > MOST_ALONE);
  return { tooMany, candidate: ours, ...(comparable && { stable: comparable }) };
}

/** Seconds of a step in which requests ended without an answer. */
export interface SecondsGivenUp {
  readonly count: number;
  /** The newest, ms since the epoch. */
  readonly at: number;
}

/** Readings may follow each other faster than a second. */
const SECOND_MS = 900;

export function addSecond(before: SecondsGivenUp | undefined, candidate: Traffic, at: number): SecondsGivenUp | undefined {
  const isNew = candidate.quit + candidate.ownErrors > 0 && at - (before?.at ?? -Infinity) >= SECOND_MS;
  return isNew ? { count: (before?.count ?? 0) + 1, at } : before;
}

/** What still waits has not ended. */
function endedWithout({ headed, quit, ownErrors }: Traffic): Part {
  return { hits: quit + ownErrors, of: headed + quit + ownErrors };
}

function isAbove(ours: Part, theirs: Part): boolean {
  const above = partOf(ours) - partOf(theirs);
  return above > LEAST_ABOVE && partOf(ours) > TIMES_STABLE * partOf(theirs) && deviationsAbove(ours, theirs) > DEVIATIONS;
}
