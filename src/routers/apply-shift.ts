import type { RouterEntry } from '../domain/router/entry.js';
import type { ShiftRequest } from './router.js';
import { type Cell, decideShift, othersOf } from './shift-rule.js';

export interface AppliedShift {
  readonly cell: Cell;
  readonly result: ShiftResult;
}

export type ShiftResult =
  | { readonly outcome: 'done' | 'already'; readonly entry: RouterEntry }
  | { readonly outcome: 'pulled' | 'conflict'; readonly entry: RouterEntry; readonly detail: string };

/** A whole shift in one step, for routers whose state nobody else can write in between. */
export function applyShift(cell: Cell, request: ShiftRequest): AppliedShift {
  const decision = decideShift(cell, request);
  const { entry } = cell;
  switch (decision.kind) {
    case 'conflict':
      return { cell, result: { outcome: 'conflict', entry, detail: decision.detail } };
    case 'pulled':
      return { cell: { entry, tombstones: [...cell.tombstones, ...decision.bury] }, result: { outcome: 'pulled', entry, detail: decision.detail } };
    case 'already':
      return { cell: cleared(cell, request), result: { outcome: 'already', entry } };
    case 'write':
      return { cell: cleared({ ...cell, entry: request.entry }, request), result: { outcome: 'done', entry: request.entry } };
  }
}

function cleared(cell: Cell, { clearOthers, entry }: ShiftRequest): Cell {
  if (!clearOthers) return cell;
  const gone = othersOf(cell.tombstones, entry.generation);
  return { entry: cell.entry, tombstones: cell.tombstones.filter((grave) => !gone.includes(grave)) };
}
