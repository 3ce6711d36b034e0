import type { Page, PageRequest, ServiceRecord } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import type { ResolvedEnvironment } from './definition-reader.js';
import { serviceOf } from './service-of.js';

/** The newest revision. @throws SERVICE_NOT_FOUND, DATABASE_UNAVAILABLE */
export const showService = (deps: AppDeps) => (service: string): Promise<ServiceRecord> => serviceOf(deps.stores, service);

export const listServices = (deps: AppDeps) => (page: PageRequest): Promise<Page<ServiceRecord>> => deps.stores.services.list(page);

/** Newest first. @throws SERVICE_NOT_FOUND, DATABASE_UNAVAILABLE */
export const listRevisions = (deps: AppDeps) => async (service: string, page: PageRequest): Promise<Page<ServiceRecord>> => {
  const [, revisions] = await Promise.all([serviceOf(deps.stores, service), deps.stores.services.revisions(service, page)]);
  return revisions;
};

/** What counts for an environment once defaults are merged, and where each key comes from. @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND */
export const resolveEnvironment = (deps: AppDeps) => async (service: string, environment: string): Promise<ResolvedEnvironment> => {
  const record = await serviceOf(deps.stores, service);
  deps.environments.of(record, environment);
  return deps.definitions.resolve(record.definition, environment);
};
