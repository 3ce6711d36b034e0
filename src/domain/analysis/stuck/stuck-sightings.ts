import type { Flow } from './flow.js';

/** What the rule `stuck` has seen: plain JSON, and small, as it travels in each heartbeat. */
export interface StuckSightings {
  /** When the counters were read last, ms since the epoch. */
  readonly at: number;
  readonly flow: Flow;
  /** Requests of the candidate that wait now. */
  readonly waiting: number;
  /** Requests of the candidate that waited when this watch began: what began before it does not belong to the rate that it measures. */
  readonly inherited: { readonly waiting: number; readonly since: number };
  /** Mean time in ms that a request of stable waits for its head; as last measured in this watch. */
  readonly stableWaitMs?: number;
  /** Since when more wait than load and stable's time explain. */
  readonly crowdedSince?: number;
  readonly silence: Silence;
  /** Instances of the candidate, by address, that have answered in this watch: one of them may have a single request that takes long. */
  readonly answering: readonly string[];
  /** The instances of the candidate that have requests and give no head, by address, the longest silent first. */
  readonly silentServers: Readonly<Record<string, ServerSilence>>;
  /** Since when an instance has been silent too long while others answer. */
  readonly aloneSince?: number;
}

/** A stretch of time in which requests of the candidate waited and none got its head. */
export interface Silence {
  /** How long it lasts while stable is not silent as well. */
  readonly ms: number;
  /** How long both slots have been silent, up to now. */
  readonly bothMs: number;
  /** Requests of the candidate that began in it. */
  readonly begun: number;
}

export const NO_SILENCE: Silence = { ms: 0, bothMs: 0, begun: 0 };

export interface ServerSilence {
  readonly ms: number;
  /** Requests of it that got no head, as far as they are known: at least those in flight, and those that began in it. */
  readonly tried: number;
}
