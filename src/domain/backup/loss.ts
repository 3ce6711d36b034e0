import { formatDuration } from '../duration.js';
import type { RestorePlan } from './plan.js';
import type { SourceSpec } from './source-spec.js';

export interface LossFacts {
  readonly source: Pick<SourceSpec, 'at' | 'restore'>;
  /** The instant the restored data is of, RFC 3339. */
  readonly at: string;
  readonly nowMs: number;
  /** When each verified backup with newer data was made, newest first, RFC 3339. */
  readonly newer: readonly string[];
  readonly dryRun: boolean;
  readonly safety: RestorePlan['safety'];
}

/** What a restore loses, for who decides about it: in words, with the numbers that are known beforehand. */
export function lossOf(facts: LossFacts): string {
  const sentences = [...ofOldData(facts), ofMeanwhile(facts), ...ofGap(facts)];
  return facts.dryRun ? `Nothing: it ends before the swap. A swap would mean: ${sentences.join(' ')}` : sentences.join(' ');
}

/** From when on a restore cannot be taken back without loss. */
export function pointOfNoReturnOf({ source: { restore }, safety }: Pick<LossFacts, 'source' | 'safety'>): string {
  const dropped = restore.keepOldMs === 0 ? 'As soon as the swap was verified' : `${formatDuration(restore.keepOldMs)} after the swap was verified`;
  const again = restore.quiesce ? ' Writes are allowed again before the health checks; going back stops them once more.' : '';
  return `The first write after the swap: going back loses it.${again} ${dropped} the data that was replaced is dropped, and only the safety backup${safety === 'try' ? ', if one could be made,' : ''} brings it back.`;
}

function ofOldData({ at, nowMs, newer, safety }: LossFacts): string[] {
  const age = formatDuration(Math.max(0, nowMs - Date.parse(at)));
  const [newest] = newer;
  const passedOver = newest === undefined
    ? []
    : [`${newer.length === 1 ? '1 newer verified backup is' : `${newer.length} newer verified backups are`} passed over, the newest of ${newest}.`];
  const kept = safety === 'try' ? 'a safety backup keeps it only if one can be made' : 'the safety backup keeps it';
  return [`What was written after ${at} (${age} ago) is no longer live; ${kept}.`, ...passedOver];
}

function ofMeanwhile({ source: { restore: { quiesce } } }: LossFacts): string {
  if (!quiesce) return 'Writes between the safety backup and the swap are gone for good: nothing stops them, as the source declares no `restore.quiesce`.';
  if (quiesce.kind === 'command') return 'No write falls between the safety backup and the swap, as the declared command stops the writers; whoever wants to write must wait.';
  return 'No write of an ordinary client falls between the safety backup and the swap: the database takes none meanwhile, and whoever wants to write must wait. A session that makes itself writable again loses what it writes.';
}

function ofGap({ source: { at } }: LossFacts): string[] {
  if (at.kind !== 'directory') return [];
  return ['Where the path is a plain folder and no symbolic link, it is missing for an instant between two renames.'];
}
