import type { WantedSchedule } from '../../domain/backup/schedules.js';

/** A schedule of ours that is there. */
export interface KeptSchedule {
  readonly id: string;
  /** Of what it was made from; empty when somebody else wrote over it. */
  readonly digest: string;
}

/** How a schedule has fared. */
export interface ScheduleHealth {
  /** RFC 3339, the next few. */
  readonly next: readonly string[];
  readonly lastAt: string | null;
  /**
   * Starts that nobody carried out: they came too late to be made up for, or found the one before still waiting for a worker. One that finds
   * a run at work is no such start: it is skipped, and has a row.
   */
  readonly missed: number;
  /** Somebody paused it in Temporal. */
  readonly paused: boolean;
}

/** Whose schedule it is, and what it was made from. */
export interface ScheduleMark {
  /** Two may share a server: neither touches the other's. */
  readonly installation: string;
  readonly digest: string;
}

/** What starts backups and drills by the clock, wherever it lives. Every call is bounded in time; all but `health` throw TEMPORAL_UNAVAILABLE. */
export interface BackupSchedules {
  /** Those that the installation put, and those that bear no mark; one that was put or removed a moment ago may be missing or still there. */
  list(installation: string): Promise<readonly KeptSchedule[]>;
  /** Makes it so, whatever is there. One that somebody paused stays paused. @throws TEMPORAL_REFUSED when the server knows no such times, SCHEDULE_TAKEN when another installation put it */
  put(schedule: WantedSchedule, mark: ScheduleMark): Promise<void>;
  /** Nothing is done when it is not there, or is another installation's. */
  remove(id: string, installation: string): Promise<void>;
  /** null when it is not there, undefined when nobody answers. Never throws. */
  health(id: string): Promise<ScheduleHealth | null | undefined>;
}
