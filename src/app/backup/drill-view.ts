import type { DrillRecord } from '../../domain/backup/record.js';
import type { Trying } from './backup-runs.js';

/** `proven`: what was restored is what was backed up; `failed`: it is not, or could not be restored; `skipped`: a schedule came while one was running. */
export type DrillState = 'running' | 'proven' | 'failed' | 'skipped';

/** What whoever asked for a drill gets at once. */
export type DrillTicket = Pick<DrillRecord, 'id' | 'service' | 'environment' | 'source'> & { readonly state: DrillState };

export type DrillView = DrillTicket & Pick<DrillRecord, 'text' | 'tookMs' | 'requestedAt' | 'endedAt'> & {
  /** What it restored; null when there was none, or it has not chosen yet. */
  readonly backup: string | null;
  readonly by: string;
};

/** One drill with all that is known of it. */
export type DrillDetail = DrillView & { readonly trying: Trying | null };

export function drillTicket({ id, service, environment, source, proven, endedAt }: Pick<DrillRecord, 'id' | 'service' | 'environment' | 'source' | 'proven' | 'endedAt'>): DrillTicket {
  return { id, service, environment, source, state: endedAt === null ? 'running' : endStateOf(proven) };
}

function endStateOf(proven: boolean | null): DrillState {
  if (proven === null) return 'skipped';
  return proven ? 'proven' : 'failed';
}

export function drillView(record: DrillRecord): DrillView {
  const { backup, by, text, tookMs, requestedAt, endedAt } = record;
  return { ...drillTicket(record), backup, by: by.name, text, tookMs, requestedAt, endedAt };
}
