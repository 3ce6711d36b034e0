import { type LatencyBuckets, LATENCY_BOUNDS_MS } from '../../domain/analysis/latency.js';
import type { Ask } from './admin-connection.js';

/** What a backend's stick table has counted: what the statistics cannot tell. */
export interface HeadCounters {
  /** Answers of 101. */
  readonly switched: number;
  /** Times from a request's begin to its head. */
  readonly latency: LatencyBuckets;
}

/** The table has one entry: counter 0 holds the answers of 101, each of the others a bucket of latencies. */
const SWITCHED = 0;
const FIRST_BUCKET = 1;
const COUNTERS = FIRST_BUCKET + LATENCY_BOUNDS_MS.length + 1;

/** The rules of a backend that fill its table. They run once for each head of a server, those of streams included, and for none of HAProxy's own answers. */
export function headCounterRules(): string {
  const buckets = [...LATENCY_BOUNDS_MS, undefined].map((bound, index) =>
    `  http-response sc-inc-gpc(${FIRST_BUCKET + index},2) if { var(txn.dt) -m int ${rangeOf(bound, LATENCY_BOUNDS_MS[index - 1])} }\n`);
  return `  # what Slipway reads: how many answers switched protocols, and how long each head took; it needs all of these lines as they are
  stick-table type integer size 1 store gpc(${COUNTERS})
  http-request track-sc2 int(1)
  http-request set-var(txn.t0) date(0,ms)
  http-response set-var(txn.dt) date(0,ms),sub(txn.t0)
  http-response sc-inc-gpc(${SWITCHED},2) if { status 101 }
${buckets.join('')}`;
}

function rangeOf(bound: number | undefined, before: number | undefined): string {
  if (before === undefined) return `le ${bound}`;
  return bound === undefined ? `gt ${before}` : `${before + 1}:${bound}`;
}

/** @returns undefined where the running HAProxy has no such table of the backend. */
export async function readHeadCounters(ask: Ask, backend: string): Promise<HeadCounters | undefined> {
  return parseHeadCounters(await ask(`show table ${backend}`));
}

/** Reads what `show table` answers; a table without an entry has counted nothing yet. */
export function parseHeadCounters(answer: string): HeadCounters | undefined {
  if (!/^# table: \S+, type: integer, size:1, /.test(answer)) return undefined;
  const counters = [...answer.matchAll(/ gpc\d+=(\d+)/g)].map(([, count]) => Number(count));
  if (counters.length === 0) return { switched: 0, latency: Array.from({ length: COUNTERS - FIRST_BUCKET }, () => 0) };
  if (counters.length !== COUNTERS) return undefined;
  return { switched: counters[SWITCHED] ?? 0, latency: counters.slice(FIRST_BUCKET) };
}
