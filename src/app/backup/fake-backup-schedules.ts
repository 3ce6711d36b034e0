import type { WantedSchedule } from '../../domain/backup/schedules.js';
import { SlipwayError } from '../../domain/errors.js';
import type { BackupSchedules, KeptSchedule, ScheduleHealth, ScheduleMark } from './backup-schedules.js';

interface FakeSchedule { readonly wanted: WantedSchedule; readonly mark: ScheduleMark; readonly health: ScheduleHealth }

/** Schedules that start nothing: for tests, and for trying the API without a server. */
export class FakeBackupSchedules implements BackupSchedules {
  private readonly schedules = new Map<string, FakeSchedule>();
  private away = false;
  private readonly refused = new Set<string>();
  /** How often one was put. */
  puts = 0;

  set(connection: 'away' | 'back'): void {
    this.away = connection === 'away';
  }

  /** Puts of this one are refused, as one whose time zone the server does not know. */
  refuse(id: string): void {
    this.refused.add(id);
  }

  /** What a while without workers, or a person, does to a schedule. */
  fare(id: string, health: Partial<ScheduleHealth>): void {
    const found = this.schedules.get(id);
    if (found) this.schedules.set(id, { ...found, health: { ...found.health, ...health } });
  }

  wanted(id: string): WantedSchedule | undefined {
    return this.schedules.get(id)?.wanted;
  }

  async list(installation: string): Promise<readonly KeptSchedule[]> {
    this.answer();
    return [...this.schedules].filter(([, { mark }]) => mark.installation === installation).map(([id, { mark }]) => ({ id, digest: mark.digest }));
  }

  async put(wanted: WantedSchedule, mark: ScheduleMark): Promise<void> {
    this.answer();
    if (this.isOthers(wanted.id, mark.installation)) throw new SlipwayError('SCHEDULE_TAKEN', `Schedule ${wanted.id} was put by another installation.`);
    if (this.refused.has(wanted.id)) throw new SlipwayError('TEMPORAL_REFUSED', 'Temporal refused the call: unknown time zone.');
    this.puts += 1;
    const health = this.schedules.get(wanted.id)?.health ?? { next: [], lastAt: null, missed: 0, paused: false };
    this.schedules.set(wanted.id, { wanted, mark, health });
  }

  async remove(id: string, installation: string): Promise<void> {
    this.answer();
    if (!this.isOthers(id, installation)) this.schedules.delete(id);
  }

  /** Every one that is there, whoever put it. */
  ids(): readonly string[] {
    return [...this.schedules.keys()];
  }

  /** As a person who deletes it in Temporal. */
  drop(id: string): void {
    this.schedules.delete(id);
  }

  async health(id: string): Promise<ScheduleHealth | null | undefined> {
    return this.away ? undefined : this.schedules.get(id)?.health ?? null;
  }

  private isOthers(id: string, installation: string): boolean {
    const found = this.schedules.get(id);
    return found !== undefined && found.mark.installation !== installation;
  }

  private answer(): void {
    if (this.away) throw new SlipwayError('TEMPORAL_UNAVAILABLE');
  }
}
