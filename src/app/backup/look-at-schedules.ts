import { addressOf } from '../../domain/backup/names.js';
import { schedulesOf, type WantedSchedule } from '../../domain/backup/schedules.js';
import type { AppDeps } from '../deps.js';
import { definedEnvironments } from './declared-sources.js';
import { ownedPlans } from './owned-plan.js';
import type { SeenSchedule } from './schedule-board.js';

/** How many are asked for at once. */
const ABREAST = 8;

/** Notes how every schedule has fared, for the metrics. One of which nobody says anything is left out. @throws DATABASE_UNAVAILABLE */
export const lookAtSchedules = (deps: AppDeps) => async (): Promise<void> => {
  const wanted = (await definedEnvironments(deps)).flatMap(({ spec }) => (spec ? ownedPlans(deps, spec).flatMap(schedulesOf) : []));
  const seen: SeenSchedule[] = [];
  for (let from = 0; from < wanted.length; from += ABREAST) {
    seen.push(...(await Promise.all(wanted.slice(from, from + ABREAST).map((each) => look(deps, each)))).flat());
  }
  deps.scheduleBoard.show(seen);
};

async function look({ backupSchedules, scheduleBoard }: AppDeps, { id, kind, plan }: WantedSchedule): Promise<SeenSchedule[]> {
  const health = await backupSchedules.health(id);
  const problem = scheduleBoard.problemOf(id);
  if (health === undefined && !problem) return [];
  return [{ ...addressOf(plan), kind, inForce: !problem && health !== null, health: health ?? null }];
}
