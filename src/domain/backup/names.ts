import type { BackupPlan, SourceAddress } from './plan.js';

/** The id is the lock: one backup of a source at a time. */
export function backupWorkflowId(address: SourceAddress): string {
  return `backup/${pathOf(address)}`;
}

export function restoreWorkflowId(address: SourceAddress): string {
  return `restore/${pathOf(address)}`;
}

export function drillWorkflowId(address: SourceAddress): string {
  return `restore-drill/${pathOf(address)}`;
}

/** Of one that is read back once more. */
export function verifyWorkflowId(backup: string): string {
  return `backup-verify/${backup}`;
}

/** Of the run that tells people what became of another run. */
export function noticeWorkflowId(run: string, kind: string): string {
  return `notice/${run}/${kind}`;
}

/** What is left to do after a backup; one of a source at a time. */
export function retentionWorkflowId(address: SourceAddress): string {
  return `retention/${pathOf(address)}`;
}

/** `<environment>/<service>/<source>`: how a source is named in ids, schedules and repositories. */
export function pathOf({ environment, service, source }: SourceAddress): string {
  return `${environment}/${service}/${source}`;
}

export function addressOf({ service, environment, source }: BackupPlan): SourceAddress {
  return { service, environment, source: source.name };
}
