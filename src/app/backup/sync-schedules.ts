import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../domain/json.js';
import { schedulesOf, type WantedSchedule } from '../../domain/backup/schedules.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import type { AppDeps } from '../deps.js';
import { definedEnvironments } from './declared-sources.js';
import { ownedPlans } from './owned-plan.js';

type Deps = Pick<AppDeps, 'stores' | 'environments' | 'backupSchedules' | 'site' | 'log'>;

/** Counted up when what we make of a wanted schedule changes: those that are there are then made anew. */
const FORM = 1;

/**
 * Makes the schedules those that the definitions ask for. The schedules are read before the definitions: one that is there by then was put
 * for a definition that is stored by then, so what another process puts meanwhile is never taken for an orphan.
 *
 * @returns what was changed.
 * @throws TEMPORAL_UNAVAILABLE, DATABASE_UNAVAILABLE
 */
export const syncSchedules = (deps: Deps) => async (): Promise<{ readonly put: readonly string[]; readonly removed: readonly string[] }> => {
  const kept = new Map((await deps.backupSchedules.list()).map(({ id, digest }) => [id, digest]));
  const { wanted, unreadable } = await wantedSchedules(deps);
  const put = wanted.filter((each) => kept.get(each.id) !== digestOf(each));
  const ids = new Set(wanted.map(({ id }) => id));
  // What a definition that cannot be read asks for, nobody knows: it goes on as before.
  const removed = [...kept.keys()].filter((id) => !ids.has(id) && !unreadable.some((path) => id.includes(`/${path}/`)));
  for (const each of put) await deps.backupSchedules.put(each, digestOf(each));
  for (const id of removed) await deps.backupSchedules.remove(id);
  return { put: put.map(({ id }) => id), removed };
};

/** The same at once for a definition that has just changed; what fails here is made good by the next `syncSchedules`. */
export const syncSchedulesOf = (deps: Deps) => async (before: readonly EnvironmentSpec[], after: readonly EnvironmentSpec[]): Promise<void> => {
  const [old, wanted] = [before, after].map((specs) => new Map(specs.flatMap((spec) => wantedBy(deps, spec)).map((each) => [each.id, each])));
  for (const each of wanted?.values() ?? []) {
    const known = old?.get(each.id);
    if (!known || digestOf(known) !== digestOf(each)) await deps.backupSchedules.put(each, digestOf(each));
  }
  for (const id of old?.keys() ?? []) if (!wanted?.has(id)) await deps.backupSchedules.remove(id);
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

function digestOf({ kind, plan, spec }: WantedSchedule): string {
  // A wanted schedule is plain data: the round trip drops undefined keys.
  const text = canonicalJson(JSON.parse(JSON.stringify({ FORM, kind, plan, spec })) as Json);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
