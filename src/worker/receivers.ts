import { parseDefinition } from '../definition/parse-definition.js';
import { SlipwayError } from '../domain/errors.js';
import type { NotifySpec } from '../domain/service/environment.js';
import type { ServiceStore } from '../store/stores.js';

/** Whom an environment's definition of today wants told, by name. @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, DATABASE_UNAVAILABLE */
export function receiversOf(services: Pick<ServiceStore, 'get'>): (service: string, environment: string) => Promise<Readonly<Record<string, NotifySpec>>> {
  return async (service, environment) => {
    const record = await services.get(service);
    if (!record) throw new SlipwayError('SERVICE_NOT_FOUND', `There is no service "${service}" any more.`);
    const spec = parseDefinition(record.definition, { service }).environments[environment];
    if (!spec) throw new SlipwayError('ENVIRONMENT_NOT_FOUND', `Service "${service}" has no environment ${environment} any more.`);
    return spec.notify;
  };
}
