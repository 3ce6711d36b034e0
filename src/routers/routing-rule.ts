import { otherSlot, type Slot } from '../domain/router/entry.js';
import type { Cell } from './shift-rule.js';

export interface RoutedRequest {
  /** 0-9999, sticky by cookie. The low ones go to the candidate, so that a rising share only moves users one way. */
  readonly bucket: number;
  /** What the header `x-slipway-slot` asks for. */
  readonly override?: Slot;
}

/**
 * The slot that serves a request. A candidate without a healthy server gives its traffic to stable, always; stable gives its to the candidate
 * only where the entry's candidate share, tombstoned or not, is above 0: so nothing unverified ever serves.
 */
export function slotFor(request: RoutedRequest, { entry, tombstones }: Cell, up: Readonly<Record<Slot, boolean>>): Slot {
  const candidate = otherSlot(entry.stable);
  const share = tombstones.includes(entry.generation) ? 0 : entry.candidateShare;
  const wanted = request.override ?? (request.bucket < share ? candidate : entry.stable);
  if (wanted === candidate && up[candidate]) return candidate;
  return !up[entry.stable] && entry.candidateShare > 0 && up[candidate] ? candidate : entry.stable;
}
