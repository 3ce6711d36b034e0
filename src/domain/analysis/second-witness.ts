import type { WatchedSlot } from '../deployment/watching.js';
import type { ProbeStreak } from './probe-streak.js';
import type { CountsSample, SplitSample } from './watch-sample.js';
import type { WatchSightings } from './watch-state.js';

/**
 * What the routers know of the candidate's servers while this worker gets no answer from them. A worker that is cut off from a good
 * candidate must not take it back; the routers, through which the users come, are the second witness, and another worker is the third.
 */
export interface SecondWitness {
  /** Readings of the counters since probes began to fail, newest last. */
  readonly readings: readonly ServingReading[];
  /** Servers of the candidate that some instance that answered does not have up; absent: none has been read. */
  readonly down?: { readonly at: number; readonly addresses: readonly string[] };
}

interface ServingReading {
  readonly from: number;
  /** Heads by server, those that gave some. */
  readonly headed: Readonly<Record<string, number>>;
  /** Whether the candidate's slot had an error or an attempt without an answer. */
  readonly flawless: boolean;
}

/** What a server did longer ago says nothing about now. */
const KEPT = 5;

export const NO_WITNESS: SecondWitness = { readings: [] };

/** @param from when the reading before it was */
export function hearCounts({ readings, ...same }: SecondWitness, { instances }: CountsSample, from: number): SecondWitness {
  const headed: Record<string, number> = {};
  for (const { candidate: { load } } of instances) {
    for (const server of load.servers) if (server.headed > 0) headed[server.address] = (headed[server.address] ?? 0) + server.headed;
  }
  const flawless = instances.every(({ candidate: { errors, ownErrors, failedAttempts, quit } }) => (
    errors === 0 && ownErrors === 0 && failedAttempts <= quit
  ));
  return { ...same, readings: [...readings, { from, headed, flawless }].slice(-KEPT) };
}

export function hearSplit(witness: SecondWitness, { at, down }: SplitSample): SecondWitness {
  return { ...witness, down: { at, addresses: down } };
}

/**
 * The unhealthy instances that only this worker finds so: none of its probes since was answered, while every router instance that answers
 * has them up and users get answers from them without an error. Empty once another worker has found the same.
 */
export function doubtedInstances({ witness, doubts, worker, health }: WatchSightings, slot: WatchedSlot): readonly string[] {
  if (doubts?.some((other) => other !== worker)) return [];
  return slot.instances.flatMap(({ id, address }) => {
    const failing = Object.values(health.candidate).flatMap(({ streaks: { [id]: streak } }) => (streak && !streak.healthy ? [streak] : []));
    return failing.length > 0 && failing.every((streak) => isServing(witness, streak, address)) ? [id] : [];
  });
}

function isServing({ readings, down }: SecondWitness, { failing }: ProbeStreak, address: string): boolean {
  if (!failing?.unreached || !down || down.at < failing.since || down.addresses.includes(address)) return false;
  const since = readings.filter(({ from }) => from >= failing.since);
  return since.some(({ headed }) => (headed[address] ?? 0) > 0) && since.every(({ flawless }) => flawless);
}
