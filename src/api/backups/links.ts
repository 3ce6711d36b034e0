import { backupWorkflowId, drillWorkflowId, restoreWorkflowId } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { ApiDeps } from '../api-deps.js';

interface RunLinks { readonly self: string; readonly temporal: string | null }

type Linked = SourceAddress & { readonly id: string };

const KINDS = { backups: backupWorkflowId, restores: restoreWorkflowId, drills: drillWorkflowId } as const;
type Kind = keyof typeof KINDS;

/** The same with where to read on. */
export function withRunLinks<T extends Linked>(kind: Kind, run: T, { temporalLink }: Pick<ApiDeps, 'temporalLink'>): T & { readonly links: RunLinks } {
  return { ...run, links: { self: pathOfRun(kind, run.id), temporal: temporalLink(KINDS[kind](run)) } };
}

export function pathOfRun(kind: Kind, id: string): string {
  return `/api/v1/${kind}/${id}`;
}
