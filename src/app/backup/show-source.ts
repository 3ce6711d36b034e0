import type { SourceAddress } from '../../domain/backup/plan.js';
import { SlipwayError } from '../../domain/errors.js';
import { cursorOf, pageOf } from '../../store/cursor.js';
import type { Page, PageRequest } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { serviceOf } from '../service/service-of.js';
import { type DeclaredSource, declaredSources, pathOfDeclared } from './declared-sources.js';
import { sourceView, type SourceView } from './source-view.js';

export type SourceFilter = Partial<Pick<SourceAddress, 'service' | 'environment'>>;

/** All sources that definitions declare, by environment, service and name. @throws DATABASE_UNAVAILABLE, INVALID_REQUEST (the cursor is none of ours) */
export const listSources = (deps: AppDeps) => async (filter: SourceFilter, page: PageRequest): Promise<Page<SourceView>> => {
  const from = cursorOf<[string]>(page, [''])?.[0];
  const declared = (await declaredSources(deps)).filter((each) => matches(filter, each) && (from === undefined || pathOfDeclared(each) > from));
  const { items, next } = pageOf(declared.slice(0, page.limit + 1), page.limit, (each) => [pathOfDeclared(each)]);
  return { items: await Promise.all(items.map((each) => sourceView(deps, each))), next };
};

/** @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, SOURCE_UNKNOWN, DATABASE_UNAVAILABLE */
export const showSource = (deps: AppDeps) => async ({ service, environment, source }: SourceAddress): Promise<SourceView> => {
  const record = await serviceOf(deps.stores, service);
  const spec = deps.environments.of(record, environment);
  const declaration = Object.hasOwn(spec.backups, source) ? spec.backups[source] : undefined;
  if (!declaration) throw new SlipwayError('SOURCE_UNKNOWN', `${service} declares no source "${source}" in ${environment}.`);
  return sourceView(deps, { spec, declaration });
};

function matches({ service, environment }: SourceFilter, { spec }: DeclaredSource): boolean {
  return (service ?? spec.service) === spec.service && (environment ?? spec.environment) === spec.environment;
}
