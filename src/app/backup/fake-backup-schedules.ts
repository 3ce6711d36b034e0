import type { WantedSchedule } from '../../domain/backup/schedules.js';
import { SlipwayError } from '../../domain/errors.js';
import type { BackupSchedules, KeptSchedule, ScheduleHealth } from './backup-schedules.js';

interface FakeSchedule { readonly wanted: WantedSchedule; readonly digest: string; readonly health: ScheduleHealth }

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

  async list(): Promise<readonly KeptSchedule[]> {
    this.answer();
    return [...this.schedules].map(([id, { digest }]) => ({ id, digest }));
  }

  async put(wanted: WantedSchedule, digest: string): Promise<void> {
    this.answer();
    if (this.refused.has(wanted.id)) throw new SlipwayError('TEMPORAL_REFUSED', 'Temporal refused the call: unknown time zone.');
    this.puts += 1;
    const health = this.schedules.get(wanted.id)?.health ?? { next: [], lastAt: null, missed: 0, paused: false };
    this.schedules.set(wanted.id, { wanted, digest, health });
  }

  async remove(id: string): Promise<void> {
    this.answer();
    this.schedules.delete(id);
  }

  async health(id: string): Promise<ScheduleHealth | null | undefined> {
    return this.away ? undefined : this.schedules.get(id)?.health ?? null;
  }

  private answer(): void {
    if (this.away) throw new SlipwayError('TEMPORAL_UNAVAILABLE');
  }
}
