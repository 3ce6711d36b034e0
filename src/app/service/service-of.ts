import { SlipwayError } from '../../domain/errors.js';
import type { ServiceRecord, Stores } from '../../store/stores.js';

/** @throws SERVICE_NOT_FOUND */
export async function serviceOf(stores: Pick<Stores, 'services'>, service: string): Promise<ServiceRecord> {
  const record = await stores.services.get(service);
  if (record) return record;
  const problem = { path: '/service', message: 'is not known' };
  throw new SlipwayError('SERVICE_NOT_FOUND', `There is no service "${service}".`, { problems: [problem] });
}
