import type { Actor } from '../../domain/actor.js';
import { canonicalJson } from '../../domain/json.js';
import { type Difference, differenceOf } from '../../domain/service/difference.js';
import { objectOr } from '../../domain/service/merge.js';
import type { EntryClaim, ServiceRecord } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { refuseInUse } from '../environment/refuse-in-use.js';
import type { ReadDefinition } from './definition-reader.js';

export interface PutService {
  readonly service: string;
  /** As it came in: checked here, whole. */
  readonly definition: unknown;
  /** The revision that must be the newest; 0: there must be none. @default whatever it is */
  readonly expected?: number | undefined;
}

export interface PutResult {
  readonly record: ServiceRecord;
  readonly outcome: 'created' | 'changed' | 'unchanged';
}

/**
 * Makes this the service's definition. One that says the same as the newest revision changes nothing.
 *
 * @throws DEFINITION_INVALID, IDENTITY_REQUIRED, ROUTER_UNKNOWN, TARGET_UNKNOWN, TARGET_FORBIDDEN, MEASURE_UNSUPPORTED, ROUTER_ENTRY_TAKEN,
 *   PRECONDITION_FAILED, DATABASE_UNAVAILABLE; of an environment that is left out: DEPLOYMENT_LIVE, ENVIRONMENT_SERVES, TEMPORAL_UNAVAILABLE
 */
export const putService = (deps: AppDeps) => async (command: PutService, actor: Actor): Promise<PutResult> => {
  const { service, expected } = command;
  const { definition, environments } = readChecked(deps, command);
  const before = await deps.stores.services.get(service);
  await refuseToForget(deps, before, environments);
  const record = await deps.stores.services.put({
    service, definition, by: actor.name, entries: claimsOf(environments), ...(expected !== undefined && { expected }),
  });
  if (!before) return { record, outcome: 'created' };
  return { record, outcome: record.revision === before.revision ? 'unchanged' : 'changed' };
};

/** What a put would change, without doing it. Throws what the put would. */
export const dryRunPutService = (deps: AppDeps) => async (command: PutService): Promise<{ revision: number | null; changes: readonly Difference[] }> => {
  const { definition, environments } = readChecked(deps, command);
  const before = await deps.stores.services.get(command.service);
  await refuseToForget(deps, before, environments);
  if (before && canonicalJson(before.definition) === canonicalJson(definition)) return { revision: before.revision, changes: [] };
  return { revision: before?.revision ?? null, changes: differenceOf(before?.definition, definition) };
};

/** An environment that is left out is forgotten: one in use only on purpose, by the route for that. */
async function refuseToForget(deps: AppDeps, before: ServiceRecord | undefined, kept: ReadDefinition['environments']): Promise<void> {
  if (!before) return;
  const { service } = before;
  const left = Object.keys(objectOr(before.definition['environments'])).filter((environment) => !Object.hasOwn(kept, environment));
  for (const environment of left) await refuseInUse(deps, { service, environment, serving: 'refuse' });
}

function readChecked(deps: AppDeps, { definition, service }: PutService): ReadDefinition {
  const read = deps.definitions.read(definition, service);
  deps.definitions.check(read.environments);
  return read;
}

function claimsOf(environments: ReadDefinition['environments']): EntryClaim[] {
  return Object.entries(environments).map(([environment, { router }]) => ({ environment, router: router.use, backend: router.backend }));
}
