import { ENOUGH_OF_STABLE } from '../known-traffic.js';
import type { CountsSample, Role } from '../watch-sample.js';
import { crowdOf } from './crowd.js';
import { addToFlow, type Flow, FLOW_MS, sumsOf } from './flow.js';
import { holding, loneServer, nowAnswering, seeServers } from './lone-server.js';
import { slotReading, type SlotReading } from './slot-reading.js';
import { NO_SILENCE, type Silence, type StuckSightings } from './stuck-sightings.js';

/** After a longer pause between two readings nobody knows what happened in it: neither a row nor a silence goes on over it. */
const LONGEST_GAP_MS = 3_000;

/** What comes to stable beside a share of 100 % are leftovers. */
const NOTHING: SlotReading = { begun: 0, headed: 0, waiting: 0, servers: {} };

export interface StuckContext {
  /** Mean wait of stable from before this watch, in ms. */
  readonly knownWaitMs: number | undefined;
  /** Stable has the share that makes its traffic the usual one. */
  readonly stableIsUsual: boolean;
}

/** Takes in one reading of the counters. One of no router instance says nothing. */
export function seeStuck(before: StuckSightings | undefined, sample: CountsSample, context: StuckContext): StuckSightings | undefined {
  if (sample.instances.length === 0) return before;
  const candidate = slotReading(sample, 'candidate');
  const { at } = sample;
  if (!before) return begin(at, { waiting: candidate.waiting, answering: holding(candidate) });
  const passedMs = at - before.at;
  const stable = context.stableIsUsual ? slotReading(sample, 'stable') : NOTHING;
  const flow = passedMs > 0 ? addToFlow(before.flow, [passedMs, stable.begun, stable.waiting * passedMs, candidate.begun, candidate.headed]) : before.flow;
  const unbroken = passedMs >= 0 && passedMs <= LONGEST_GAP_MS;
  const seen = { ...before, at, flow, waiting: candidate.waiting, ...measuredWait(flow, stable) };
  return withRows(seen, { candidate, stable, passedMs: unbroken ? passedMs : 0, unbroken, context });
}

/** Begins anew, as after a change of the split: rates and rows are those of the new one, and what waits already is no part of them. */
export function restartStuck({ waiting, stableWaitMs, answering }: StuckSightings, at: number): StuckSightings {
  return { ...begin(at, { waiting, answering }), ...(stableWaitMs !== undefined && { stableWaitMs }) };
}

function begin(at: number, { waiting, answering }: Pick<StuckSightings, 'waiting' | 'answering'>): StuckSightings {
  return { at, flow: [], waiting, inherited: { waiting, since: at }, silence: NO_SILENCE, answering, silentServers: {} };
}

interface Passed extends Readonly<Record<Role, SlotReading>> {
  /** 0 after a gap. */
  readonly passedMs: number;
  readonly unbroken: boolean;
  readonly context: StuckContext;
}

/** What must hold in several readings in a row. */
function withRows({ crowdedSince, aloneSince, ...seen }: StuckSightings, passed: Passed): StuckSightings {
  const { candidate, stable, passedMs, unbroken, context } = passed;
  const silence = seeSilence(unbroken ? seen.silence : NO_SILENCE, { candidate, stable, passedMs });
  const answering = nowAnswering(seen.answering, candidate);
  const silentServers = seeServers(unbroken ? seen.silentServers : {}, candidate, passedMs);
  const now = { ...seen, silence, answering, silentServers };
  const crowd = crowdOf(now, context.knownWaitMs);
  const since = (breached: boolean, before: number | undefined) => (breached ? (unbroken ? before : undefined) ?? seen.at : undefined);
  const crowded = since(crowd.waiting > crowd.limit, crowdedSince);
  const alone = since(loneServer(now, crowd) !== undefined, aloneSince);
  return { ...now, ...(crowded !== undefined && { crowdedSince: crowded }), ...(alone !== undefined && { aloneSince: alone }) };
}

/** While stable is silent as well, nothing speaks against the candidate alone. */
function seeSilence(before: Silence, { candidate, stable, passedMs }: Pick<Passed, Role | 'passedMs'>): Silence {
  if (!isSilent(candidate)) return NO_SILENCE;
  const begun = before.begun + candidate.begun;
  return isSilent(stable) ? { ...before, bothMs: before.bothMs + passedMs, begun } : { ms: before.ms + passedMs, bothMs: 0, begun };
}

/** Two waiting requests are the least of a silence. */
function isSilent({ headed, waiting }: SlotReading): boolean {
  return headed === 0 && waiting >= 2;
}

/** By Little's law: the mean number that waits, by the rate at which they begin. What a silent stable waits for is not its usual time. */
function measuredWait(flow: Flow, stable: SlotReading): Pick<StuckSightings, 'stableWaitMs'> {
  if (isSilent(stable)) return {};
  const { stableBegun, stableWaitedMs } = sumsOf(flow, FLOW_MS);
  return stableBegun >= ENOUGH_OF_STABLE ? { stableWaitMs: Math.round(stableWaitedMs / stableBegun) } : {};
}
