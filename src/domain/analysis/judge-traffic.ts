import type { WatchInput } from '../deployment/watching.js';
import { formatShare, WHOLE } from '../share.js';
import { STUCK } from './stuck/judge-stuck.js';
import type { Finding, Verdict } from './verdict.js';
import type { WatchSightings, WatchState } from './watch-state.js';

/** The name under which missing traffic appears among the rules. */
export const TRAFFIC = 'traffic';

/** Where fewer requests are to be expected, none at all may be chance. */
const LEAST_EXPECTED = 10;

/**
 * Judges whether the candidate gets the requests that it should get, and answers any: none that began is health alone only where none was to be expected.
 *
 * @returns undefined when there is nothing to say.
 */
export function judgeTraffic(state: WatchState, input: WatchInput): Finding | undefined {
  const { seen } = state;
  const { begun } = seen.whole.candidate;
  const waiting = seen.stuck?.waiting ?? 0;
  if (unanswered(seen)) return noData(`none of ${Math.max(begun, waiting)} requests to the candidate has been answered`);
  if (begun > 0) return undefined;
  return lostShare(state, input) ?? awaited(state, input);
}

/** What is missing at the router, or waits there in both slots, is so for every worker. */
export function anotherMayDoBetter({ findings }: Verdict): boolean {
  return findings.some(({ kind, rule }) => kind === 'error' && rule !== TRAFFIC && rule !== STUCK);
}

/** Requests are there, and no server of the candidate has given a single head. */
export function unanswered({ whole, stuck }: WatchSightings): boolean {
  const { begun, headed } = whole.candidate;
  return headed === 0 && (begun > 0 || (stuck?.waiting ?? 0) > 0);
}

/** Stable gets its part and the candidate nothing: whatever the split says, it is not what happens. */
function lostShare({ seen, shifted }: WatchState, { bakeMs, endsOnceJudged }: WatchInput): Finding | undefined {
  const share = seen.candidateShare ?? 0;
  const total = Object.values(seen.instances).reduce((sum, { stable, candidate }) => sum + stable + candidate, 0);
  const expected = (total * share) / WHOLE;
  // Of a watch that is for people to end nothing follows from it; of one that ends once it can judge, it must not end.
  const matters = bakeMs !== null || endsOnceJudged === true;
  if (!shifted || !matters || expected < LEAST_EXPECTED) return undefined;
  const text = `the candidate has had none of ${total} requests, where its share of ${formatShare(share)} is ${Math.round(expected)}`;
  return { rule: TRAFFIC, kind: 'error', text: `${TRAFFIC}: ${text}` };
}

function awaited({ seen }: WatchState, { analysis, bakeMs }: WatchInput): Finding | undefined {
  const share = (seen.candidateShare ?? 0) / WHOLE;
  const expected = ((seen.known?.perSecond ?? 0) * (bakeMs ?? 0) * share) / 1_000;
  if (expected >= LEAST_EXPECTED) return noData(`the candidate has had no request, where ${Math.round(expected)} are to be expected in this bake by the rate before`);
  return analysis.requireTraffic ? noData('the candidate has had no request') : undefined;
}

function noData(text: string): Finding {
  return { rule: TRAFFIC, kind: 'no-data', text: `${TRAFFIC}: ${text}` };
}
