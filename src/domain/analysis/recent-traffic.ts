import { addTraffic, NO_TRAFFIC, type Traffic } from './traffic.js';

/** The recent past in a few cells instead of every sample: it travels in each heartbeat, so it stays small whatever the period. */
export interface TrafficCell {
  /** Its beginning, ms since the epoch. */
  readonly from: number;
  readonly traffic: Traffic;
}

const CELLS = 10;

/** @returns the cells with `traffic` in them, and without what is older than `windowMs` (by up to a tenth of it more). */
export function remember(cells: readonly TrafficCell[], sample: { readonly at: number; readonly traffic: Traffic }, windowMs: number): readonly TrafficCell[] {
  const sizeMs = Math.max(1, windowMs / CELLS);
  const from = Math.floor(sample.at / sizeMs) * sizeMs;
  const kept = cells.filter((cell) => cell.from !== from && cell.from + sizeMs > sample.at - windowMs);
  const before = cells.find((cell) => cell.from === from)?.traffic ?? NO_TRAFFIC;
  return [...kept, { from, traffic: addTraffic(before, sample.traffic) }];
}

export function recentTraffic(cells: readonly TrafficCell[]): Traffic {
  return cells.reduce((sum, cell) => addTraffic(sum, cell.traffic), NO_TRAFFIC);
}
