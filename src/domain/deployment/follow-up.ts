import { pathOf } from '../backup/names.js';
import type { Plan } from './plan.js';

/**
 * What a deployment leaves to people when it ends; it holds nothing up.
 * `contract-failed`, `contract-stopped`, `contract-pending`: the new version is live, the data still has what only the old one needed.
 * `revert-failed`: the old version is live, the data still has what only the new one needed.
 * `restore-offered`: the backup made before can be brought back.
 */
export const FOLLOW_UP_KINDS = ['contract-failed', 'contract-stopped', 'contract-pending', 'revert-failed', 'restore-offered'] as const;
export type FollowUpKind = (typeof FOLLOW_UP_KINDS)[number];

export interface FollowUp {
  readonly kind: FollowUpKind;
  /** What is to be done, and how. */
  readonly text: string;
  /** RFC 3339; null: until somebody does it. */
  readonly until: string | null;
  /** What was backed up before the deployment. */
  readonly backups: readonly MadeBackup[];
}

/** A backup that a deployment made of a source before it touched anything. */
export interface MadeBackup {
  /** Who owns the source. */
  readonly service: string;
  readonly source: string;
  readonly backup: string;
}

const OFFERED_MS = 24 * 3_600_000;

export function contractFailed(plan: Plan, why: string): FollowUp {
  const text = `${plan.candidate.version} is live; the migration contract failed: ${why}. Run it by hand, or deploy again with \`force\`: nothing goes back because of it.`;
  return { kind: 'contract-failed', text, until: null, backups: [] };
}

export function contractStopped(plan: Plan, why: string): FollowUp {
  const text = `${plan.candidate.version} is live; the migration contract was stopped while it ran (${why}), and may be done in part. Run it by hand, or deploy again with \`force\`: nothing goes back because of it.`;
  return { kind: 'contract-stopped', text, until: null, backups: [] };
}

export function contractPending(plan: Plan, why: string): FollowUp {
  const text = `${plan.candidate.version} is live; the migration contract was not run: ${why}. Run it by hand, or let the next deployment do it.`;
  return { kind: 'contract-pending', text, until: null, backups: [] };
}

export function revertFailed(plan: Plan, why: string, backups: readonly MadeBackup[]): FollowUp {
  const text = `${plan.stable ? `${plan.stable.version} serves` : 'nothing serves'}; the migration revert failed: ${why}. What expand made is still there: take it back by hand.`;
  return { kind: 'revert-failed', text, until: null, backups };
}

/** Restoring is never automatic: it loses what both versions wrote since. */
export function restoreOffered(plan: Plan, deployment: string, backups: readonly MadeBackup[], nowMs: number): FollowUp {
  const named = backups.map(({ service, source, backup }) => `${backup} of ${pathOf({ service, source, environment: plan.environment })}`).join(', ');
  const offer = `If ${plan.candidate.version} or its migrations spoiled data: a restore brings back what was there before it (${named}), and loses every write since.`;
  const which = backups.length > 1 ? ', "service" and "source"' : '';
  const text = `${offer} POST /api/v1/restores with "deployment": "${deployment}", "swap": true${which}; without "swap" it is only tried. The offer ends with the next deployment that succeeds.`;
  return { kind: 'restore-offered', text, until: new Date(nowMs + OFFERED_MS).toISOString(), backups };
}
