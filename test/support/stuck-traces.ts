import type { Fate, SimulatedSlot, Simulation } from './arrivals.js';
import type { Random } from './random.js';

/** One case of a candidate that hangs, or of one that does not and may look so. */
export interface Trace {
  readonly name: string;
  readonly seconds: number;
  /** Of the candidate, in basis points. */
  readonly share: number;
  readonly slots: Omit<Simulation, 'seed' | 'seconds'>;
}

/** A trace that hangs, with two figures in seconds: when it was found on a real HAProxy, and within what it must be found. */
export interface HangTrace extends Trace {
  /** From the beginning of its traffic, in one run. */
  readonly measured: number;
  /** From the first request that hangs. */
  readonly bound: number;
}

interface Seconds {
  readonly measured: number;
  readonly bound: number;
}

const FAST: Fate = { headMs: 50 };
const fast: SimulatedSlot['fate'] = () => FAST;
const LEAVES_AFTER_MS = 3_000;
const forever: Fate = { headMs: Infinity };
const givenUp: Fate = { headMs: Infinity, patienceMs: LEAVES_AFTER_MS };

interface Hang {
  readonly share: number;
  readonly perSecond: number;
  readonly part: number;
  readonly fate: Fate;
  readonly afterMs?: number;
}

function hang(name: string, seconds: Seconds, { share, perSecond, part, fate, afterMs = 0 }: Hang): HangTrace {
  const sick = (random: Random, atMs: number): Fate => (atMs >= afterMs && random.next() < part ? fate : FAST);
  return trace(name, seconds, { share, perSecond, candidate: { fate: sick } });
}

function hungInstance(name: string, seconds: Seconds, { share, perSecond, fate, afterMs = 0 }: Omit<Hang, 'part'>): HangTrace {
  return trace(name, seconds, { share, perSecond, candidate: { servers: 4, fate: (_random, atMs, server) => (server === 0 && atMs >= afterMs ? fate : FAST) } });
}

interface Shared {
  readonly share: number;
  readonly perSecond: number;
  readonly candidate: Omit<SimulatedSlot, 'perSecond'>;
  readonly stable?: SimulatedSlot['fate'];
}

/** Stable has run for a while. */
const WARM_UP_MS = 120_000;

/** At a share of all there is no stable: it is the service's first release. */
function slotsOf({ share, perSecond, candidate, stable = fast }: Shared): Trace['slots'] {
  const part = share / 10_000;
  const { servers = 1 } = candidate;
  const own = { ...candidate, perSecond: perSecond * part };
  return part === 1 ? { candidate: own } : { candidate: own, stable: { perSecond: perSecond * (1 - part), servers, fate: stable, warmUpMs: WARM_UP_MS } };
}

function trace(name: string, seconds: Seconds, shared: Shared): HangTrace {
  return { name, ...seconds, seconds: 180, share: shared.share, slots: slotsOf(shared) };
}

/** Those of the measurements on HAProxy 2.6 and 3.4, of which the one instance of four was run on both. */
export const HANG_TRACES: readonly HangTrace[] = [
  hang('all hang, 5 % of 20/s', { measured: 7, bound: 10 }, { share: 500, perSecond: 20, part: 1, fate: forever }),
  hang('all hang, 5 % of 20/s, clients leave', { measured: 9, bound: 12 }, { share: 500, perSecond: 20, part: 1, fate: givenUp }),
  hang('all hang after 5 s, 20 % of 200/s', { measured: 10, bound: 10 }, { share: 2_000, perSecond: 200, part: 1, fate: forever, afterMs: 5_000 }),
  hang('all hang, all of 20/s, clients leave', { measured: 4, bound: 10 }, { share: 10_000, perSecond: 20, part: 1, fate: givenUp }),
  hang('20 % hang, 5 % of 20/s', { measured: 16, bound: 60 }, { share: 500, perSecond: 20, part: 0.2, fate: forever }),
  hang('20 % hang, 5 % of 20/s, clients leave', { measured: 41, bound: 75 }, { share: 500, perSecond: 20, part: 0.2, fate: givenUp }),
  hang('20 % hang, 5 % of 200/s', { measured: 8, bound: 10 }, { share: 500, perSecond: 200, part: 0.2, fate: forever }),
  hang('20 % hang, 5 % of 200/s, clients leave', { measured: 6, bound: 10 }, { share: 500, perSecond: 200, part: 0.2, fate: givenUp }),
  hang('20 % hang, 20 % of 20/s', { measured: 11, bound: 20 }, { share: 2_000, perSecond: 20, part: 0.2, fate: forever }),
  hang('20 % hang, 20 % of 20/s, clients leave', { measured: 12, bound: 20 }, { share: 2_000, perSecond: 20, part: 0.2, fate: givenUp }),
  hang('20 % hang, all of 200/s', { measured: 22, bound: 25 }, { share: 10_000, perSecond: 200, part: 0.2, fate: forever }),
  hang('one path of five, 20 % of 200/s, clients leave', { measured: 4, bound: 10 }, { share: 2_000, perSecond: 200, part: 0.2, fate: givenUp }),
  hang('one path of five, 5 % of 20/s', { measured: 25, bound: 60 }, { share: 500, perSecond: 20, part: 0.2, fate: forever }),
  hungInstance('one instance of four, 20 % of 20/s', { measured: 12, bound: 15 }, { share: 2_000, perSecond: 20, fate: forever }),
  hungInstance('one instance of four, 20 % of 200/s, clients leave', { measured: 14, bound: 15 }, { share: 2_000, perSecond: 200, fate: givenUp }),
  hungInstance('one instance of four, 20 % of 200/s', { measured: 12, bound: 15 }, { share: 2_000, perSecond: 200, fate: forever }),
  hungInstance('one instance of four after it answered for 20 s, 20 % of 100/s, clients leave', { measured: 34, bound: 20 },
    { share: 2_000, perSecond: 100, fate: givenUp, afterMs: 20_000 }),
  hungInstance('one instance of four after it answered for 20 s, 20 % of 200/s', { measured: 32, bound: 15 }, { share: 2_000, perSecond: 200, fate: forever, afterMs: 20_000 }),
];

interface Sound {
  readonly perSecond?: number;
  readonly share?: number;
  readonly servers?: number;
  /** Of the candidate, before it is watched. @default 0 */
  readonly warmUpMs?: number;
  readonly fate: SimulatedSlot['fate'];
}

function sound(name: string, { perSecond = 20, share = 2_000, servers = 1, warmUpMs = 0, fate }: Sound): Trace {
  return { name, seconds: 80, share, slots: slotsOf({ share, perSecond, candidate: { servers, warmUpMs, fate }, stable: fate }) };
}

const mixed = (part: number, some: Fate, others: Fate = FAST): SimulatedSlot['fate'] => (random) => (random.next() < part ? some : others);
/** The whole slot stands still for 3 s of each 20. */
const pausing: SimulatedSlot['fate'] = (_random, atMs) => {
  const inPeriodMs = ((atMs % 20_000) + 20_000) % 20_000;
  return { headMs: 50 + (inPeriodMs > 15_000 && inPeriodMs < 18_000 ? 18_000 - inPeriodMs : 0) };
};
/** Both slots wait for something that they share, such as a database that changes over. */
const standingStill: SimulatedSlot['fate'] = (_random, atMs) => ({ headMs: atMs > 20_000 && atMs < 40_000 ? 40_050 - atMs : 50 });
const LONG_POLL: Fate = { headMs: 30_000 };
const SSE: Fate = { headMs: 50, bodyMs: 60_000 };

/** Those that must never alarm, the eleven of the measurements first: candidate and stable do the same. */
export const SOUND_TRACES: readonly Trace[] = [
  sound('only long polls of 30 s', { fate: () => LONG_POLL }),
  sound('only server-sent events', { fate: () => SSE }),
  sound('only WebSockets', { fate: () => ({ headMs: 5, bodyMs: 120_000 }) }),
  sound('uploads of up to 60 s', { fate: (random) => ({ headMs: random.next() * 60_000 }) }),
  sound('one request of a hundred takes 4 s', { fate: mixed(0.01, { headMs: 4_000 }) }),
  sound('pauses of 3 s', { fate: pausing }),
  sound('both slots take 2.5 s', { fate: () => ({ headMs: 2_500 }) }),
  sound('5 % long polls of 1/s', { perSecond: 5, fate: mixed(0.05, LONG_POLL) }),
  sound('both slots stand still for 20 s', { fate: standingStill }),
  sound('both slots stand still for 20 s, 5 % of 20/s', { share: 500, fate: standingStill }),
  sound('both slots stand still for 20 s, half of 200/s', { share: 5_000, perSecond: 200, fate: standingStill }),
  sound('two instances, one request of fifty takes 15 s', { servers: 2, perSecond: 10, fate: mixed(0.02, { headMs: 15_000 }) }),
  sound('four instances, one request of fifty takes 15 s', { servers: 4, perSecond: 10, fate: mixed(0.02, { headMs: 15_000 }) }),
  sound('two instances, one request of a thousand takes 15 s, 200/s', { servers: 2, perSecond: 200, fate: mixed(0.001, { headMs: 15_000 }) }),
  sound('half long polls, whose clients leave after 10 s', { fate: mixed(0.5, { headMs: 30_000, patienceMs: 10_000 }) }),
  sound('four instances, 5 % long polls', { servers: 4, fate: mixed(0.05, LONG_POLL) }),
  sound('four instances, 5 % server-sent events', { servers: 4, fate: mixed(0.05, SSE) }),
  sound('long polls of 0.1/s, which waited when the watch began', { perSecond: 0.5, warmUpMs: WARM_UP_MS, fate: () => LONG_POLL }),
  sound('long polls of 2/s, which waited when the watch began', { perSecond: 10, warmUpMs: WARM_UP_MS, fate: () => LONG_POLL }),
];
