import { encodeEntry } from '../../domain/router/entry.js';
import type { ShiftResult } from '../apply-shift.js';
import type { ShiftRequest } from '../router.js';
import { confirmShift, decideShift, othersOf, type ShiftDecision } from '../shift-rule.js';
import type { AdminLimits } from './admin-connection.js';
import { refuseStalled } from './refuse-stalled.js';
import type { RuntimeMap } from './runtime-map.js';

/**
 * Reads, compares, sets and reads back on one connection. HAProxy cannot compare by itself, so a writer that stalled since it asked writes
 * nothing, and HAProxy hangs up on one that stalls later still.
 */
export async function shiftOnMap(map: RuntimeMap, request: ShiftRequest, { stallLimitMs }: Pick<AdminLimits, 'stallLimitMs'>): Promise<ShiftResult> {
  const askedAt = performance.now();
  const before = await map.read();
  const decision = decideShift(before, request);
  if (decision.kind !== 'write') return conclude(map, request, decision, 'already');
  refuseStalled(askedAt, stallLimitMs);
  await map.writeEntry(encodeEntry(request.entry));
  return conclude(map, request, confirmShift(await map.read(), request), 'done');
}

async function conclude(map: RuntimeMap, request: ShiftRequest, decision: ShiftDecision, success: 'done' | 'already'): Promise<ShiftResult> {
  const { entry, tombstones } = await map.read();
  if (decision.kind === 'conflict') return { outcome: 'conflict', entry, detail: decision.detail };
  if (decision.kind === 'pulled') {
    for (const generation of decision.bury) await map.bury(generation);
    return { outcome: 'pulled', entry, detail: decision.detail };
  }
  if (request.clearOthers) for (const generation of othersOf(tombstones, request.entry.generation)) await map.unbury(generation);
  return { outcome: success, entry };
}
