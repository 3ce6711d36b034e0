import { stableKnown } from '../known-traffic.js';
import type { Finding } from '../verdict.js';
import type { WatchSightings } from '../watch-state.js';
import { crowdOf, stableWaitMs, usualWaitMs } from './crowd.js';
import { givenUp } from './given-up.js';
import { JITTER_MS, loneServer } from './lone-server.js';
import type { StuckSightings } from './stuck-sightings.js';

/** The name under which requests that get no answer appear among the rules. */
export const STUCK = 'stuck';

/** Five readings in a row, a second apart: shorter pauses of a slot are no fault. */
const CROWDED_MS = 4_000;
/** Two readings in a row. */
const TWICE_MS = 1_000;
const LEAST_SILENCE_MS = 5_000;
const SILENT_TIMES_STABLE = 3;
const SILENT_BEGUN = 3;

/** `held`: a limit is exceeded. `long`: for as long as makes it a failure. */
interface Suspicion {
  readonly held: boolean;
  readonly long: boolean;
  text(): string;
}

/**
 * Judges whether requests to the candidate get their answers: what waits beside what should wait, whether any head comes, what was given up,
 * and whether one instance of several is silent. A stream, a tunnel or a long download has its head and waits for nothing.
 *
 * @returns undefined before the counters were read.
 */
export function judgeStuck(seen: WatchSightings): Finding | undefined {
  const { stuck } = seen;
  if (!stuck) return undefined;
  const suspicions = [crowded(stuck, seen), silent(stuck, seen), abandoned(seen), alone(stuck, seen)];
  const sure = suspicions.find(({ held, long }) => held && long);
  const shared = bothSilent(stuck, seen);
  const open = suspicions.find(({ held }) => held);
  if (!sure && shared.held) return { rule: STUCK, kind: 'error', text: `${STUCK}: ${shared.text()}` };
  if (sure) return { rule: STUCK, kind: 'fail', text: `${STUCK}: ${sure.text()}` };
  if (open) return { rule: STUCK, kind: 'no-data', text: `${STUCK}: ${open.text()}, not for long enough yet` };
  return { rule: STUCK, kind: 'pass', text: `${STUCK}: ${waitingOf(seen)}` };
}

/** Whether a limit may turn out to be exceeded within seconds: more wait than should, or requests wait and none has been answered just now. */
export function mayBeStuck(seen: WatchSightings): boolean {
  const { stuck } = seen;
  if (!stuck) return false;
  const silence = stuck.silence.begun >= SILENT_BEGUN && stuck.waiting >= SILENT_BEGUN;
  return silence || stuck.crowdedSince !== undefined || stuck.aloneSince !== undefined;
}

function crowded(stuck: StuckSightings, { known }: WatchSightings): Suspicion {
  const { crowdedSince, at } = stuck;
  const { waiting, expected, limit } = crowdOf(stuck, known?.stableWaitMs);
  return {
    held: crowdedSince !== undefined,
    long: at - (crowdedSince ?? at) >= CROWDED_MS - JITTER_MS,
    text: () => `${waiting} requests wait where ${rounded(expected)} should, by stable's time to answer (limit ${rounded(limit)}), for ${seconds(at - (crowdedSince ?? at))}`,
  };
}

function silent(stuck: StuckSightings, seen: WatchSightings): Suspicion {
  const { silence, waiting } = stuck;
  const limitMs = silenceLimitMs(stableWaitMs(stuck, seen.known?.stableWaitMs));
  return {
    held: silence.begun >= SILENT_BEGUN && waiting >= SILENT_BEGUN && silence.ms >= limitMs - JITTER_MS,
    long: silence.ms >= limitMs + TWICE_MS - JITTER_MS,
    text: () => `${waitingOf(seen)}, none has been answered for ${seconds(silence.ms)}`,
  };
}

function silenceLimitMs(waitMs: number): number {
  return Math.max(LEAST_SILENCE_MS, SILENT_TIMES_STABLE * waitMs);
}

/** Whether neither slot answers anybody: what they wait for may be something that both use. */
function bothSilent(stuck: StuckSightings, seen: WatchSightings): Pick<Suspicion, 'held' | 'text'> {
  const { silence: { bothMs, begun } } = stuck;
  return {
    held: begun >= SILENT_BEGUN && bothMs >= silenceLimitMs(usualWaitMs(stuck, seen.known?.stableWaitMs)) - JITTER_MS,
    text: () => `${waitingOf(seen)}, none has been answered for ${seconds(bothMs)}, and none of stable's either`,
  };
}

function abandoned(seen: WatchSightings): Suspicion {
  const { tooMany, candidate, stable } = givenUp(seen.whole.candidate, stableKnown(seen), seen.givenUp?.count ?? 0);
  const beside = stable ? `, of stable's ${stable.hits} of ${stable.of}` : '';
  return {
    held: tooMany,
    long: true,
    text: () => `${candidate.hits} of ${candidate.of} requests ended without an answer: their clients gave up, or the router answered for the candidate${beside}`,
  };
}

function alone(stuck: StuckSightings, { known }: WatchSightings): Suspicion {
  const lone = loneServer(stuck, crowdOf(stuck, known?.stableWaitMs));
  return {
    held: lone !== undefined && stuck.aloneSince !== undefined,
    long: stuck.at - (stuck.aloneSince ?? stuck.at) >= TWICE_MS - JITTER_MS,
    text: () => `instance ${lone?.address} has had requests and answered none for ${seconds(lone?.ms ?? 0)}, while others answer`,
  };
}

function waitingOf({ stuck, whole }: WatchSightings): string {
  const waiting = stuck?.waiting ?? 0;
  return `${waiting} of ${Math.max(waiting, whole.candidate.begun)} requests wait`;
}

function rounded(count: number): string {
  return String(Number(count.toPrecision(2)));
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
