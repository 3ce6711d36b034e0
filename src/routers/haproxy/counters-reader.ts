import type { Slot } from '../../domain/router/entry.js';
import type { Counters } from '../counters.js';
import type { Ask } from './admin-connection.js';
import { type HeadCounters, readHeadCounters } from './head-counters.js';
import { rawStreaming, slotCounters } from './slot-counters.js';
import { type BackendRows, numberIn } from './stat-rows.js';
import { readEpoch, readStats } from './stat-table.js';

/** Reads what the backends of both slots have counted. @throws ROUTER_ENTRY_UNKNOWN, ROUTER_UNREACHABLE */
export type CountersReader = (ask: Ask, backends: Readonly<Record<Slot, string>>) => Promise<Counters>;

interface Reading {
  readonly rows: BackendRows;
  readonly heads: HeadCounters | undefined;
}

/**
 * A reader of one HAProxy. It learns, whenever a backend is idle, by how much its lines differ with nothing running: a configuration of the
 * operator's own may answer in the backend, and without the table of heads interim answers add up. When somebody clears the counters, the heads
 * of what streams just then are forgotten, and those of 101 are not: that difference stays too, or open streams would be taken for hung.
 */
export function createCountersReader(): CountersReader {
  const learned = new Map<string, Learned>();

  function offsetOf(backend: string, epoch: string, { rows, heads }: Reading): number {
    const raw = rawStreaming(rows, heads);
    const begun = numberIn(rows.total, 'stot');
    const before = learned.get(backend);
    const offset = numberIn(rows.total, 'scur') === 0 ? raw : keptOffset(before?.epoch === epoch ? before : undefined, { raw, begun });
    learned.set(backend, { epoch, offset, begun, streaming: Math.max(0, raw - offset) });
    return offset;
  }

  return async (ask, backends) => {
    // Asked all at once: one way to HAProxy and back.
    const [epoch, blue, green] = await Promise.all([readEpoch(ask), readBackend(ask, backends.blue), readBackend(ask, backends.green)]);
    const counters = (backend: string, reading: Reading) => slotCounters(reading.rows, reading.heads, offsetOf(backend, epoch, reading));
    return { epoch, slots: { blue: counters(backends.blue, blue), green: counters(backends.green, green) } };
  };
}

/** What the reading before this one showed. */
interface Learned {
  readonly epoch: string;
  readonly offset: number;
  readonly begun: number;
  readonly streaming: number;
}

function keptOffset(before: Learned | undefined, { raw, begun }: { readonly raw: number; readonly begun: number }): number {
  if (!before) return 0;
  return begun < before.begun ? raw - before.streaming : before.offset;
}

async function readBackend(ask: Ask, backend: string): Promise<Reading> {
  const [{ rows }, heads] = await Promise.all([readStats(ask, backend), readHeadCounters(ask, backend)]);
  return { rows, heads };
}
