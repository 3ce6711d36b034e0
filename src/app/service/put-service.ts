import type { Actor } from '../../domain/actor.js';
import { placeOf } from '../../domain/backup/source-place.js';
import { canonicalJson } from '../../domain/json.js';
import { SlipwayError } from '../../domain/errors.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import { type Difference, differenceOf } from '../../domain/service/difference.js';
import { objectOr } from '../../domain/service/merge.js';
import type { Claims, ServiceRecord } from '../../store/stores.js';
import { syncSchedulesOf } from '../backup/sync-schedules.js';
import type { AppDeps } from '../deps.js';
import { checkRouterEntries } from '../keeper/check-router-entries.js';
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
 * @throws DEFINITION_INVALID, IDENTITY_REQUIRED, QUIESCE_UNSUPPORTED, QUIESCE_REQUIRED, REPOSITORY_UNKNOWN, ROUTER_UNKNOWN, TARGET_UNKNOWN, TARGET_FORBIDDEN, MEASURE_UNSUPPORTED, ROUTER_ENTRY_UNKNOWN, ROUTER_ENTRY_TAKEN, SOURCE_HOST_BOUND, SOURCE_TAKEN,
 *   PRECONDITION_FAILED, DATABASE_UNAVAILABLE; of an environment that is left out: DEPLOYMENT_LIVE, ENVIRONMENT_SERVES, TEMPORAL_UNAVAILABLE;
 *   of one that serves behind another router entry: ENVIRONMENT_SERVES
 */
export const putService = (deps: AppDeps) => async (command: PutService, actor: Actor): Promise<PutResult> => {
  const { service, expected } = command;
  const { definition, environments } = readChecked(deps, command);
  await checkRouterEntries(deps, Object.values(environments));
  const before = await deps.stores.services.get(service);
  await refuseToForget(deps, before, environments);
  const record = await deps.stores.services.put({
    service, definition, by: actor.name, ...claimsOf(environments), ...(expected !== undefined && { expected }),
  });
  syncAfterwards(deps, before, environments);
  if (!before) return { record, outcome: 'created' };
  return { record, outcome: record.revision === before.revision ? 'unchanged' : 'changed' };
};

export interface PutPreview {
  readonly revision: number | null;
  readonly changes: readonly Difference[];
  /** What could not be checked, or is not as it should be. */
  readonly warnings: readonly string[];
}

/** What a put would change, without doing it. Throws what the put would. */
export const dryRunPutService = (deps: AppDeps) => async (command: PutService): Promise<PutPreview> => {
  const { definition, environments } = readChecked(deps, command);
  const warnings = await checkRouterEntries(deps, Object.values(environments));
  const before = await deps.stores.services.get(command.service);
  await refuseToForget(deps, before, environments);
  await deps.stores.services.check(command.service, claimsOf(environments));
  if (before && canonicalJson(before.definition) === canonicalJson(definition)) return { revision: before.revision, changes: [], warnings };
  return { revision: before?.revision ?? null, changes: differenceOf(before?.definition, definition), warnings };
};

/** An environment that is left out is forgotten: one in use only on purpose, by the route for that. */
async function refuseToForget(deps: AppDeps, before: ServiceRecord | undefined, kept: ReadDefinition['environments']): Promise<void> {
  if (!before) return;
  const { service } = before;
  const left = Object.keys(objectOr(before.definition['environments'])).filter((environment) => !Object.hasOwn(kept, environment));
  for (const environment of left) await refuseInUse(deps, { service, environment, serving: 'refuse' });
  for (const [environment, { router }] of Object.entries(kept)) await refuseToMove(deps, { service, environment, router });
}

/** The release that serves stands behind the entry it was brought to: under another one nothing would be stable, and its own could be claimed by others. */
async function refuseToMove({ stores }: AppDeps, { service, environment, router }: Pick<EnvironmentSpec, 'service' | 'environment' | 'router'>): Promise<void> {
  const stable = await stores.deployments.stable(service, environment);
  if (!stable) return;
  const { use, backend } = stable.release.router;
  if (use === router.use && backend === router.backend) return;
  throw new SlipwayError('ENVIRONMENT_SERVES', `Version ${stable.release.version} of ${service} serves ${environment} behind entry ${backend} of router ${use}.`, {
    problems: [{ path: `/environments/${environment}/router`, message: 'cannot change while a release serves', hint: `keep use: ${use} and backend: ${backend}, or forget the environment first` }],
  });
}

/** A schedule that cannot be put now is put by the next regular look. */
function syncAfterwards(deps: AppDeps, before: ServiceRecord | undefined, environments: ReadDefinition['environments']): void {
  deps.afterwards.run('putting the schedules of backups', async () => {
    const old = before ? Object.values(deps.definitions.read(before.definition, before.service).environments) : [];
    await syncSchedulesOf(deps)(old, Object.values(environments));
  });
}

function readChecked(deps: AppDeps, { definition, service }: PutService): ReadDefinition {
  const read = deps.definitions.read(definition, service);
  deps.definitions.check(read.environments);
  return read;
}

function claimsOf(environments: ReadDefinition['environments']): Claims {
  const specs = Object.values(environments);
  return {
    entries: specs.map(({ environment, router }) => ({ environment, router: router.use, backend: router.backend })),
    sources: specs.flatMap(({ environment, backups }) =>
      Object.values(backups).flatMap((source) => ('uses' in source ? [] : [{ environment, source: source.name, place: placeOf(source), maxAgeMs: source.maxAgeMs }]))),
  };
}
