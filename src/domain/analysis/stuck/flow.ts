/** What happened in about a second. A tuple, as thirty of them travel in each heartbeat. */
export type FlowCell = readonly [ms: number, stableBegun: number, stableWaitedMs: number, candidateBegun: number, candidateHeaded: number];

/** The last 30 seconds of both slots, oldest first. */
export type Flow = readonly FlowCell[];

export interface FlowSums {
  readonly ms: number;
  readonly stableBegun: number;
  /** The waiting time of all of stable's waiting requests together. */
  readonly stableWaitedMs: number;
  readonly candidateBegun: number;
  readonly candidateHeaded: number;
}

export const FLOW_MS = 30_000;
/** Readings that follow each other faster share a cell. */
const CELL_MS = 900;

export function addToFlow(flow: Flow, cell: FlowCell): Flow {
  const last = flow.at(-1);
  const cells = last && last[0] < CELL_MS ? [...flow.slice(0, -1), addCells(last, cell)] : [...flow, cell];
  return newest(cells, FLOW_MS);
}

/** @returns the sums over the newest cells that cover `overMs`, or over all when they cover less. */
export function sumsOf(flow: Flow, overMs: number): FlowSums {
  const [ms, stableBegun, stableWaitedMs, candidateBegun, candidateHeaded] = newest(flow, overMs).reduce(addCells, [0, 0, 0, 0, 0]);
  return { ms, stableBegun, stableWaitedMs, candidateBegun, candidateHeaded };
}

function newest(flow: Flow, overMs: number): Flow {
  let ms = 0;
  const first = flow.findLastIndex((cell) => (ms += cell[0]) >= overMs);
  return flow.slice(Math.max(0, first));
}

function addCells(a: FlowCell, b: FlowCell): FlowCell {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]];
}
