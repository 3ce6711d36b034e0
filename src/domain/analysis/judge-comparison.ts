import type { WatchInput } from '../deployment/watching.js';
import { WHOLE } from '../share.js';
import { clientErrorFinding, DOUBTFUL_CLIENT_ERRORS, FAILING_CLIENT_ERRORS } from './compare-client-errors.js';
import { slownessFinding } from './compare-slowness.js';
import { countFailure, NO_FAILURES, weigh } from './count-failure.js';
import { ENOUGH_OF_STABLE } from './known-traffic.js';
import { addTimes, type LatencyBuckets, NO_TIMES } from './latency.js';
import { recentTraffic } from './recent-traffic.js';
import type { MetricRule } from './rule.js';
import { addTraffic, NO_TRAFFIC, type Traffic } from './traffic.js';
import type { Finding } from './verdict.js';
import type { Role } from './watch-sample.js';
import type { WatchSightings, WatchState } from './watch-state.js';

/** No metric of a definition can have such a name. */
const CLIENT_ERRORS = 'compare/client-errors';
const DOUBTFUL = 'compare/client-errors-ask';
const SLOW = 'compare/slow';

const NOTE = 'compare';
const NO_TIMES_NOTE = 'compare/times';

/** One reading may be chance or a hiccup. */
const WEIGHT: Pick<MetricRule, 'critical' | 'failures'> = { critical: false, failures: { inARow: 3 } };

/**
 * Judges the candidate's 4xx and times to the head against stable's. To be called once for each reading: a second time would count a breach
 * twice.
 *
 * A first release has nothing to be compared with.
 */
export function rejudgeComparison(state: WatchState, input: WatchInput): WatchState {
  const { seen, shifted } = state;
  const { candidateShare } = seen;
  const isOff = input.analysis.compare === 'off' || input.slots.stable.instances.length === 0;
  if (!shifted || candidateShare === undefined || isOff) return state;
  const noted = noteOfTimes(state);
  if (candidateShare < WHOLE) return findingsOf(seen, 'beside').reduce(count, withoutNote(noted));
  const { known: { stable } = {} } = seen;
  const findings = findingsOf(seen, stable ?? NO_TRAFFIC).map((finding) => ({ ...finding, text: `${finding.text}, stable's from before` }));
  return noteOf(findings.reduce(count, noted), stable);
}

/** The newest findings. Whoever waved the greater excess through has waved the smaller one through too. */
export function comparisonFindings({ seen: { findings } }: WatchState, { waived }: WatchInput): readonly Finding[] {
  const [failing, doubtful, slow] = [findings[CLIENT_ERRORS], findings[DOUBTFUL], findings[SLOW]];
  const told = doubtful && doubtful.kind !== 'pass' && failing?.kind !== 'fail' && !waived.includes(CLIENT_ERRORS);
  return [...(failing ? [failing] : []), ...(told ? [doubtful] : []), ...(slow ? [slow] : [])];
}

/** What stable does beside the candidate or, at 100 %, did before, as it has no traffic of its own then. */
type Baseline = 'beside' | Traffic;

function findingsOf(seen: WatchSightings, baseline: Baseline): readonly Finding[] {
  const { stable, candidate } = seen.whole;
  return [...clientErrorFindings(candidate, baseline === 'beside' ? stable : baseline), ...slowFindings(seen, baseline)];
}

function clientErrorFindings(candidate: Traffic, stable: Traffic): Finding[] {
  const doubtful = clientErrorFinding(DOUBTFUL, candidate, stable, DOUBTFUL_CLIENT_ERRORS);
  const failing = clientErrorFinding(CLIENT_ERRORS, candidate, stable, FAILING_CLIENT_ERRORS);
  return [failing, doubtful.kind === 'fail' ? { ...doubtful, asks: true } : doubtful];
}

/** Over the recent past, and over the step for where that has too few: either may fail. Nothing where the router counts no times. */
function slowFindings(seen: WatchSightings, baseline: Baseline): Finding[] {
  const { warm } = seen;
  if (!warm?.candidate) return [];
  const stableOf = (beside: LatencyBuckets | undefined) => (baseline === 'beside' ? beside : baseline.latency) ?? [];
  const { candidate, stable } = warmRecent(seen, warm.since);
  const recent = slownessFinding(SLOW, candidate, stableOf(stable));
  if (recent.kind === 'fail') return [{ ...recent, text: `${recent.text}, lately` }];
  return [slownessFinding(SLOW, warm.candidate, stableOf(warm.stable))];
}

function warmRecent({ recent: { candidate, stableTimes } }: WatchSightings, since: number): Record<Role, LatencyBuckets> {
  const isWarm = ({ from }: { readonly from: number }): boolean => from >= since;
  return {
    candidate: recentTraffic(candidate.filter(isWarm), NO_TRAFFIC, addTraffic).latency ?? [],
    stable: recentTraffic(stableTimes.filter(isWarm), NO_TIMES, addTimes),
  };
}

function count(state: WatchState, finding: Finding): WatchState {
  const failures = countFailure(state.failures[finding.rule] ?? NO_FAILURES, finding.kind);
  const findings = { ...state.seen.findings, [finding.rule]: weigh(finding, WEIGHT, failures) };
  return { ...state, failures: { ...state.failures, [finding.rule]: failures }, seen: { ...state.seen, findings } };
}

function noteOf(state: WatchState, stable: Traffic = NO_TRAFFIC): WatchState {
  const { seen } = state;
  if (stable.headed >= ENOUGH_OF_STABLE || seen.whole.candidate.headed < ENOUGH_OF_STABLE) return withoutNote(state);
  const text = `The candidate at 100 % is compared with nothing: ${stable.headed} answers of stable are known from before.`;
  return { ...state, seen: { ...seen, notes: { ...seen.notes, [NOTE]: text } } };
}

/** People count on the comparison: what it leaves out is told. */
function noteOfTimes(state: WatchState): WatchState {
  const { seen } = state;
  const { headed, latency } = seen.whole.candidate;
  if (latency || headed < ENOUGH_OF_STABLE) return state;
  const text = 'The candidate\'s times to answer are not compared with stable\'s: the router counts none.';
  return { ...state, seen: { ...seen, notes: { ...seen.notes, [NO_TIMES_NOTE]: text } } };
}

function withoutNote(state: WatchState): WatchState {
  const { [NOTE]: _, ...notes } = state.seen.notes;
  return { ...state, seen: { ...state.seen, notes } };
}
