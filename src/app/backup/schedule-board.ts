import type { SourceAddress } from '../../domain/backup/plan.js';
import type { ScheduleKind } from '../../domain/backup/schedules.js';
import type { ScheduleHealth } from './backup-schedules.js';

export interface SeenSchedule extends SourceAddress {
  readonly kind: ScheduleKind;
  readonly health: ScheduleHealth;
}

/** How the schedules fared when this process last looked: a scrape must not ask the server for each of them. */
export class ScheduleBoard {
  private seen: readonly SeenSchedule[] = [];

  show(seen: readonly SeenSchedule[]): void {
    this.seen = seen;
  }

  get schedules(): readonly SeenSchedule[] {
    return this.seen;
  }
}
