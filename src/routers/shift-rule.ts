import type { Generation, RouterEntry } from '../domain/router/entry.js';
import { encodeEntry } from '../domain/router/entry.js';
import { mayReplace, parseGeneration } from '../domain/router/generation.js';
import type { ShiftRequest } from './router.js';

/** What one instance of a router holds for one backend. */
export interface Cell {
  readonly entry: RouterEntry;
  readonly tombstones: readonly Generation[];
}

export type ShiftDecision =
  | { readonly kind: 'write' | 'already' }
  | { readonly kind: 'pulled'; readonly bury: readonly Generation[]; readonly detail: string }
  | { readonly kind: 'conflict'; readonly detail: string };

/** What to do with a shift, judged by what the instance holds before it is written. */
export function decideShift(cell: Cell, request: ShiftRequest): ShiftDecision {
  const { entry, tombstones } = cell;
  const next = request.entry;
  if (entry.generation === next.generation) return sameGeneration(cell, request);
  const grave = bringsTraffic(cell, request) ? ownTombstone(tombstones, next.generation) : undefined;
  if (grave !== undefined) return pulled(cell, next, grave);
  if (mayReplace(entry.generation, next.generation, request.base)) return { kind: 'write' };
  const detail = `The router holds generation ${entry.generation}, which ${next.generation} may not replace: it began from ${request.base}.`;
  return { kind: 'conflict', detail };
}

/** What came of a shift that was written, judged by the read-back. */
export function confirmShift(cell: Cell, request: ShiftRequest): ShiftDecision {
  const { entry } = cell;
  if (entry.generation === request.entry.generation) return sameGeneration(cell, request);
  return { kind: 'conflict', detail: `Generation ${entry.generation} was written over ${request.entry.generation} at the same moment.` };
}

/** The tombstones that the first shift of a deployment clears away: those it did not set itself. */
export function othersOf(tombstones: readonly Generation[], generation: Generation): readonly Generation[] {
  return tombstones.filter((grave) => !sameDeployment(grave, generation));
}

function sameGeneration(cell: Cell, request: ShiftRequest): ShiftDecision {
  const { entry, tombstones } = cell;
  if (encodeEntry(entry) !== encodeEntry(request.entry)) {
    return { kind: 'conflict', detail: `The router holds generation ${entry.generation} with another content: ${encodeEntry(entry)}.` };
  }
  const grave = bringsTraffic(cell, request) ? ownTombstone(tombstones, entry.generation) : undefined;
  return grave === undefined ? { kind: 'already' } : pulled(cell, request.entry, grave);
}

/**
 * Buries the generation asked for, so that no late attempt brings it to life, and the live one of the same deployment:
 * it may have been written between the pull and this call.
 */
function pulled(cell: Cell, next: RouterEntry, grave: Generation): ShiftDecision {
  const doomed = [next.generation, ...(sameDeployment(cell.entry.generation, next.generation) ? [cell.entry.generation] : [])];
  const bury = [...new Set(doomed)].filter((generation) => !cell.tombstones.includes(generation));
  return { kind: 'pulled', bury, detail: `Generation ${grave} of this deployment was pulled.` };
}

/** A share for the candidate, or the roles' change, which gives the candidate everything for good. Where that was written, the way back changes the roles too. */
function bringsTraffic(cell: Cell, { entry, despitePull }: ShiftRequest): boolean {
  if (despitePull) return false;
  const ownRelease = parseGeneration(entry.generation)?.deployment === entry.deployment;
  return entry.candidateShare > 0 || (entry.stable !== cell.entry.stable && ownRelease);
}

function ownTombstone(tombstones: readonly Generation[], generation: Generation): Generation | undefined {
  return tombstones.find((grave) => sameDeployment(grave, generation));
}

function sameDeployment(a: Generation, b: Generation): boolean {
  const deployment = parseGeneration(a)?.deployment;
  return deployment !== undefined && deployment === parseGeneration(b)?.deployment;
}
