import { createHash } from 'node:crypto';
import type { WantedSchedule } from '../../domain/backup/schedules.js';
import { canonicalJson, type Json } from '../../domain/json.js';

/** Counted up when what we make of a wanted schedule changes: those that are there are then made anew. */
const FORM = 2;

/** Of everything that a schedule is made from. */
export function digestOf({ kind, plan, spec }: WantedSchedule): string {
  // A wanted schedule is plain data: the round trip drops undefined keys.
  const text = canonicalJson(JSON.parse(JSON.stringify({ FORM, kind, plan, spec })) as Json);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
