import { schedulesOf, type WantedSchedule } from '../../domain/backup/schedules.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import type { AppDeps } from '../deps.js';
import { changeSchedules } from './change-schedules.js';
import { definedEnvironments } from './declared-sources.js';
import { ownedPlans } from './owned-plan.js';
import { digestOf } from './schedule-digest.js';

type Deps = Pick<AppDeps, 'stores' | 'environments' | 'backupSchedules' | 'scheduleBoard' | 'site' | 'log'>;

/**
 * Makes the schedules those that the definitions ask for. The schedules are read before the definitions: one that is there by then was put
 * for a definition that is stored by then, so what another process puts meanwhile is never taken for an orphan. One that fails is noted on the
 * board and tried again by the next look; the others go on. Those of other installations stay.
 *
 * @returns what was changed.
 * @throws TEMPORAL_UNAVAILABLE, DATABASE_UNAVAILABLE
 */
export const syncSchedules = (deps: Deps) => async (): Promise<{ readonly put: readonly string[]; readonly removed: readonly string[] }> => {
  const installation = await deps.stores.installation();
  const kept = new Map((await deps.backupSchedules.list(installation)).map(({ id, digest }) => [id, digest]));
  const { wanted, unreadable } = await wantedSchedules(deps);
  const put = wanted.filter((each) => kept.get(each.id) !== digestOf(each));
  const ids = new Set(wanted.map(({ id }) => id));
  // What a definition that cannot be read asks for, nobody knows: it goes on as before.
  const removed = [...kept.keys()].filter((id) => !ids.has(id) && !unreadable.some((path) => id.includes(`/${path}/`)));
  deps.scheduleBoard.only(new Set(put.map(({ id }) => id)));
  return changeSchedules(deps, put, removed);
};

/** The same at once for a definition that has just changed; what fails here is made good by the next `syncSchedules`. @throws TEMPORAL_UNAVAILABLE, DATABASE_UNAVAILABLE */
export const syncSchedulesOf = (deps: Deps) => async (before: readonly EnvironmentSpec[], after: readonly EnvironmentSpec[]): Promise<void> => {
  const [old, wanted] = [before, after].map((specs) => new Map(specs.flatMap((spec) => wantedBy(deps, spec)).map((each) => [each.id, each])));
  const put = [...(wanted?.values() ?? [])].filter((each) => {
    const known = old?.get(each.id);
    return !known || digestOf(known) !== digestOf(each);
  });
  await changeSchedules(deps, put, [...(old?.keys() ?? [])].filter((id) => !wanted?.has(id)));
};

async function wantedSchedules(deps: Deps): Promise<{ wanted: WantedSchedule[]; unreadable: string[] }> {
  const wanted: WantedSchedule[] = [];
  const unreadable: string[] = [];
  for (const { service, environment, spec } of await definedEnvironments(deps)) {
    if (spec) wanted.push(...wantedBy(deps, spec));
    else unreadable.push(`${environment}/${service}`);
  }
  return { wanted, unreadable };
}

function wantedBy(deps: Pick<Deps, 'site'>, spec: EnvironmentSpec): readonly WantedSchedule[] {
  return ownedPlans(deps, spec).flatMap(schedulesOf);
}
