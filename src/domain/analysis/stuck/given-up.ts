import { ENOUGH_OF_STABLE } from '../known-traffic.js';
import type { Traffic } from '../traffic.js';

/** Requests that ended without any answer of a server. */
export interface GivenUp {
  /** Whether there are too many, beside stable's. */
  readonly tooMany: boolean;
  readonly headless: number;
  readonly ended: number;
  /** Of stable; absent where too little is known of it. */
  readonly stable?: { readonly headless: number; readonly ended: number };
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
  const ours = outcomeOf(candidate);
  const theirs = stable && outcomeOf(stable);
  const comparable = theirs && theirs.ended >= ENOUGH_OF_STABLE ? theirs : undefined;
  const tooMany = ours.headless >= LEAST && (comparable ? isAbove(ours, comparable) : ours.headless > MOST_ALONE * ours.ended);
  return { tooMany, ...ours, ...(comparable && { stable: comparable }) };
}

interface Outcome {
  readonly headless: number;
  readonly ended: number;
}

/** What still waits has no outcome yet. */
function outcomeOf({ headed, quit, ownErrors }: Traffic): Outcome {
  const headless = quit + ownErrors;
  return { headless, ended: headed + headless };
}

function isAbove(ours: Outcome, theirs: Outcome): boolean {
  const [share, theirShare] = [ours.headless / ours.ended, theirs.headless / theirs.ended];
  const pooled = (ours.headless + theirs.headless) / (ours.ended + theirs.ended);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / ours.ended + 1 / theirs.ended));
  return share - theirShare > LEAST_ABOVE && share > TIMES_STABLE * theirShare && share - theirShare > DEVIATIONS * deviation;
}
