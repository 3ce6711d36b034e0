import type { Actor } from '../../domain/actor.js';
import type { JsonObject } from '../../domain/json.js';
import { objectOr } from '../../domain/service/merge.js';
import { syncSchedulesOf } from '../backup/sync-schedules.js';
import type { AppDeps } from '../deps.js';
import { refuseInUse } from './refuse-in-use.js';
import { serviceOf } from '../service/service-of.js';

export interface ForgetEnvironment {
  readonly service: string;
  readonly environment: string;
  /** `release`: forget a release that is live, and leave its traffic as it is. */
  readonly serving: 'refuse' | 'release';
  /** The revision that must be the newest. @default whatever it is */
  readonly expected?: number | undefined;
}

/**
 * Takes the environment out of the definition, and the service with its last one. Traffic and instances stay as they are, and so do its backups; nothing
 * schedules new ones.
 *
 * @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, DEPLOYMENT_LIVE, ENVIRONMENT_SERVES, PRECONDITION_FAILED, TEMPORAL_UNAVAILABLE
 */
export const forgetEnvironment = (deps: AppDeps) => async (command: ForgetEnvironment, actor: Actor): Promise<void> => {
  const { service, environment } = command;
  const record = await serviceOf(deps.stores, service);
  const spec = deps.environments.of(record, environment);
  await refuseInUse(deps, command);
  const expected = command.expected ?? record.revision;
  await deps.stores.services.forget({ service, environment, definition: without(record.definition, environment), by: actor.name, expected });
  deps.afterwards.run('removing the schedules of backups', () => syncSchedulesOf(deps)([spec], []));
};

/** null when it was the last. */
function without(definition: JsonObject, environment: string): JsonObject | null {
  const { [environment]: _, ...rest } = objectOr(definition['environments']);
  return Object.keys(rest).length > 0 ? { ...definition, environments: rest } : null;
}
