/** Chance that is the same each time. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** How long until the next of events that come so often, in ms. */
  pause(perSecond: number): number;
}

/** mulberry32: small, and random enough for arrivals. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, pause: (perSecond) => (-Math.log(1 - next()) * 1_000) / perSecond };
}
