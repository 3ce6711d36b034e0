/** The recent past in a few cells instead of every sample: it travels in each heartbeat, so it stays small whatever the period. */
export interface TrafficCell<T> {
  /** Its beginning, ms since the epoch. */
  readonly from: number;
  readonly traffic: T;
}

const CELLS = 10;

/** Keeps traffic of one kind for a while. */
export interface RecentTraffic<T> {
  readonly windowMs: number;
  readonly add: (a: T, b: T) => T;
}

/** @returns the cells with `traffic` in them, and without what is older than the window (by up to a tenth of it more). */
export function remember<T>(cells: readonly TrafficCell<T>[], sample: { readonly at: number; readonly traffic: T }, { windowMs, add }: RecentTraffic<T>): readonly TrafficCell<T>[] {
  const sizeMs = Math.max(1, windowMs / CELLS);
  const from = Math.floor(sample.at / sizeMs) * sizeMs;
  const kept = cells.filter((cell) => cell.from !== from && cell.from + sizeMs > sample.at - windowMs);
  const before = cells.find((cell) => cell.from === from);
  return [...kept, { from, traffic: before ? add(before.traffic, sample.traffic) : sample.traffic }];
}

export function recentTraffic<T>(cells: readonly TrafficCell<T>[], nothing: T, add: (a: T, b: T) => T): T {
  return cells.reduce((sum, cell) => add(sum, cell.traffic), nothing);
}
