import { backupWorkflowId, drillWorkflowId, restoreWorkflowId, verifyWorkflowId } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { ApiDeps } from '../api-deps.js';

interface RunLinks { readonly self: string; readonly temporal: string | null }

type Linked = SourceAddress & { readonly id: string };

const KINDS = { backups: backupWorkflowId, restores: restoreWorkflowId, drills: drillWorkflowId };
type Kind = keyof typeof KINDS;

/** The same with where to read on. */
export function withRunLinks<T extends Linked>(kind: Kind, run: T, { temporalLink }: Pick<ApiDeps, 'temporalLink'>): T & { readonly links: RunLinks } {
  return { ...run, links: { self: pathOfRun(kind, run.id), temporal: temporalLink(KINDS[kind](run)) } };
}

/** The same of a backup that is read back once more: by a run of its own. */
export function withVerifyLinks<T extends Linked>(backup: T, { temporalLink }: Pick<ApiDeps, 'temporalLink'>): T & { readonly links: RunLinks } {
  return { ...backup, links: { self: pathOfRun('backups', backup.id), temporal: temporalLink(verifyWorkflowId(backup.id)) } };
}

export function pathOfRun(kind: Kind, id: string): string {
  return `/api/v1/${kind}/${id}`;
}
