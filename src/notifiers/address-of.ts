import type { TextOrSecret } from '../domain/service/environment.js';
import { mapValues } from '../domain/map-values.js';
import { fillPlaceholders } from '../domain/service/placeholders.js';
import type { Secrets } from '../secrets/secrets.js';
import type { Notice } from './notifier.js';

/**
 * Where a notice goes to. What is filled in stays one part of the address: it can end neither a path nor a host. A secret is taken as it is.
 *
 * @throws DEFINITION_INVALID, SECRET_MISSING
 */
export async function addressOf(secrets: Pick<Secrets, 'resolve'>, address: TextOrSecret, { service, environment, version = '', deployment = '' }: Notice): Promise<string> {
  if ('secret' in address) return secrets.resolve(address.secret);
  return fillPlaceholders(address.text, mapValues({ service, environment, version, deployment }, encodeURIComponent));
}
