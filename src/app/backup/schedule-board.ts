import type { SourceAddress } from '../../domain/backup/plan.js';
import type { ScheduleKind } from '../../domain/backup/schedules.js';
import { codeOf, messageOf } from '../../domain/errors.js';
import type { ScheduleHealth } from './backup-schedules.js';

/** Why a schedule is not in force as its definition asks. */
export interface ScheduleProblem {
  readonly code: string;
  readonly text: string;
}

export interface SeenSchedule extends SourceAddress {
  readonly kind: ScheduleKind;
  /** The schedule that the definition asks for is there. */
  readonly inForce: boolean;
  /** null: it is not there, or nobody answers. */
  readonly health: ScheduleHealth | null;
}

/** What this process last saw of the schedules: a scrape must not ask the server for each of them, and what it refused is known here only. */
export class ScheduleBoard {
  private seen: readonly SeenSchedule[] = [];
  private readonly problems = new Map<string, ScheduleProblem>();

  show(seen: readonly SeenSchedule[]): void {
    this.seen = seen;
  }

  get schedules(): readonly SeenSchedule[] {
    return this.seen;
  }

  /** @returns whether that is news. */
  failed(id: string, error: unknown): boolean {
    const known = this.problems.get(id);
    const problem = { code: codeOf(error), text: messageOf(error) };
    this.problems.set(id, problem);
    return known?.code !== problem.code || known.text !== problem.text;
  }

  done(id: string): void {
    this.problems.delete(id);
  }

  /** Forgets all but these. */
  only(ids: ReadonlySet<string>): void {
    for (const id of this.problems.keys()) if (!ids.has(id)) this.problems.delete(id);
  }

  problemOf(id: string): ScheduleProblem | null {
    return this.problems.get(id) ?? null;
  }
}
