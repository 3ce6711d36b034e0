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
 * operator's own may answer in the backend, and without the table of heads interim answers add up.
 */
export function createCountersReader(): CountersReader {
  const offsets = new Map<string, { readonly epoch: string; readonly offset: number }>();

  function offsetOf(backend: string, epoch: string, { rows, heads }: Reading): number {
    if (numberIn(rows.total, 'scur') === 0) offsets.set(backend, { epoch, offset: rawStreaming(rows, heads) });
    const known = offsets.get(backend);
    return known?.epoch === epoch ? known.offset : 0;
  }

  return async (ask, backends) => {
    // Asked all at once: one way to HAProxy and back.
    const [epoch, blue, green] = await Promise.all([readEpoch(ask), readBackend(ask, backends.blue), readBackend(ask, backends.green)]);
    const counters = (backend: string, reading: Reading) => slotCounters(reading.rows, reading.heads, offsetOf(backend, epoch, reading));
    return { epoch, slots: { blue: counters(backends.blue, blue), green: counters(backends.green, green) } };
  };
}

async function readBackend(ask: Ask, backend: string): Promise<Reading> {
  const [{ rows }, heads] = await Promise.all([readStats(ask, backend), readHeadCounters(ask, backend)]);
  return { rows, heads };
}
