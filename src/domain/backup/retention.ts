import { applyKeepRules } from './apply-keep-rules.js';
import { type Pin, whyPinned } from './pin.js';
import type { BackupEntry } from './record.js';
import { expiryBy } from './retention-expiry.js';
import { KEEP_RULES } from './retention-rules.js';
import type { KeepRules } from './source-spec.js';

/** A backup of one source that retention decides about. */
export interface RetainedBackup {
  readonly id: string;
  /** The instant its data is of, RFC 3339. */
  readonly at: string;
  /** Its bytes were read back, and were right. */
  readonly verified: boolean;
  readonly damaged: boolean;
  /** Made of what was live before a restore: most likely what the restore was to put right. */
  readonly safety: boolean;
  /** Under legal hold. */
  readonly hold: boolean;
}

export interface RetentionRequest {
  /** All that are kept of one source, in any order. */
  readonly kept: readonly RetainedBackup[];
  /** What is needed now: it stays. */
  readonly pins: readonly Pin[];
  readonly rules: KeepRules;
  /** RFC 3339. */
  readonly now: string;
}

export interface RetentionPlan {
  /** Newest first, as is `forget`. */
  readonly keep: readonly KeptBackup[];
  readonly forget: readonly { readonly id: string; readonly why: string }[];
}

export interface KeptBackup {
  readonly id: string;
  readonly why: readonly string[];
  /** About when it will go, if backups go on at their pace; null: never, or nobody can tell. RFC 3339. */
  readonly expires: string | null;
}

/**
 * What may go and why, and why the others stay. Pure: the same backups, pins and rules give the same answer.
 *
 * The rules count verified backups only, so one that was not read back never takes the place of one that was. Never let go: the newest verified
 * one, those under legal hold, and those that something needs. One that is damaged, was not read back, or was made before a restore (of the very data that was to be replaced)
 * stays until as many newer ones are verified as `last` says, at least
 * one: by then nobody needs it, and a fault that made many look damaged has been noticed. All rules at 0 keep everything.
 */
export function planRetention({ kept, pins, rules, now }: RetentionRequest): RetentionPlan {
  const newestFirst = kept.map((backup) => ({ backup, atMs: Date.parse(backup.at) })).sort(newerFirst);
  const good = newestFirst.filter(({ backup }) => isGood(backup));
  const keptBy = applyKeepRules(good.map(({ atMs }) => atMs), rules);
  const keepsAll = KEEP_RULES.every((rule) => rules[rule] === 0);
  const pinned = new Map<string, readonly string[]>();
  for (const pin of pins) pinned.set(pin.backup, [...pinned.get(pin.backup) ?? [], whyPinned(pin)]);
  const expires = expiryBy({ newestFirst: good.map(({ atMs }) => atMs), rules, now });

  const keep: KeptBackup[] = [];
  const forget: { id: string; why: string }[] = [];
  // How many good ones have passed by: those are newer.
  let newer = 0;
  for (const { backup, atMs } of newestFirst) {
    const by = isGood(backup) ? keptBy[newer] ?? [] : [];
    const why = [...(keepsAll ? ['no rule lets anything go'] : []), ...whyStays(backup, newer, rules), ...pinned.get(backup.id) ?? [], ...by.map((each) => each.why)];
    if (why.length === 0) forget.push({ id: backup.id, why: whyGoes(backup) });
    else keep.push({ id: backup.id, why, expires: keepsAll || backup.hold ? null : expires(atMs, by) });
    if (isGood(backup)) newer += 1;
  }
  return { keep, forget };
}

/** What retention needs to know of a row of the catalogue. */
export function retainedOf({ id, at, requestedAt, state, held, trigger }: BackupEntry): RetainedBackup {
  return { id, at: at ?? requestedAt, verified: state === 'verified', damaged: state === 'damaged', safety: trigger === 'safety', hold: held };
}

/** Beside the rules. @param newer how many good ones are newer */
function whyStays(backup: RetainedBackup, newer: number, rules: KeepRules): string[] {
  const needed = Math.max(1, rules.last);
  const good = isGood(backup);
  return [
    ...(!good && newer < needed ? [`${stateWord(backup)}, and only ${newer} of ${needed} newer ones verified`] : []),
    ...(backup.hold ? ['under legal hold'] : []),
    ...(good && newer === 0 ? ['the newest verified'] : []),
  ];
}

function whyGoes(backup: RetainedBackup): string {
  return isGood(backup) ? 'no rule keeps it' : `${stateWord(backup)}, and newer ones are verified`;
}

function stateWord({ damaged, verified }: RetainedBackup): string {
  if (damaged) return 'damaged';
  return verified ? 'made before a restore' : 'not verified';
}

function isGood({ verified, damaged, safety }: RetainedBackup): boolean {
  return verified && !damaged && !safety;
}

interface Dated {
  readonly backup: RetainedBackup;
  readonly atMs: number;
}

function newerFirst(a: Dated, b: Dated): number {
  return b.atMs - a.atMs || (a.backup.id < b.backup.id ? 1 : -1);
}
