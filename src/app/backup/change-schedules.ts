import type { WantedSchedule } from '../../domain/backup/schedules.js';
import { codeOf, messageOf } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { digestOf } from './schedule-digest.js';

type Deps = Pick<AppDeps, 'stores' | 'backupSchedules' | 'scheduleBoard' | 'log'>;

/** So many in a row that found no server: the rest would wait as long, for nothing. */
const MOST_UNANSWERED = 3;

/**
 * Puts and removes schedules, one after the other. One that fails is noted on the board, and the others go on.
 *
 * @returns what was changed.
 * @throws TEMPORAL_UNAVAILABLE, DATABASE_UNAVAILABLE
 */
export async function changeSchedules(deps: Deps, wanted: readonly WantedSchedule[], orphans: readonly string[]): Promise<{ put: string[]; removed: string[] }> {
  const { backupSchedules, stores } = deps;
  const installation = await stores.installation();
  const put = await oneByOne(deps, wanted.map((each) => ({ id: each.id, work: () => backupSchedules.put(each, { installation, digest: digestOf(each) }) })));
  const removed = await oneByOne(deps, orphans.map((id) => ({ id, work: () => backupSchedules.remove(id, installation) })));
  return { put, removed };
}

/** @returns those that were done. @throws TEMPORAL_UNAVAILABLE */
async function oneByOne({ scheduleBoard, log }: Deps, changes: readonly { readonly id: string; readonly work: () => Promise<void> }[]): Promise<string[]> {
  const done: string[] = [];
  let unanswered = 0;
  for (const { id, work } of changes) {
    try {
      await work();
      scheduleBoard.done(id);
      done.push(id);
      unanswered = 0;
    } catch (error) {
      if (scheduleBoard.failed(id, error)) log.warn({ schedule: id, reason: messageOf(error) }, 'a schedule is not as its definition asks; it is tried again every minute');
      unanswered = codeOf(error) === 'TEMPORAL_UNAVAILABLE' ? unanswered + 1 : 0;
      if (unanswered >= MOST_UNANSWERED) throw error;
    }
  }
  return done;
}
