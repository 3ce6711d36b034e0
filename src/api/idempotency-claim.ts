import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Actor } from '../domain/actor.js';
import { SlipwayError } from '../domain/errors.js';
import { canonicalJson, type Json } from '../domain/json.js';
import type { IdempotencyClaim } from '../store/stores.js';

/** @throws INVALID_REQUEST when the key has characters it may not have */
function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  const problem = { path: '/header/idempotency-key', message: 'must be 1 to 200 visible ASCII characters' };
  throw new SlipwayError('INVALID_REQUEST', 'The idempotency key cannot be used.', { problems: [problem] });
}

/** The same key, sent by the same person to the same route, stands for the same request: the body's hash shows whether it is. */
export function claimOf(request: Request, actor: Actor, body: unknown): IdempotencyClaim | undefined {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return undefined;
  // The body came out of a JSON reader.
  const text = canonicalJson((body ?? null) as Json);
  return { key, actor: actor.name, route: `${request.method} ${request.baseUrl}${request.path}`, bodyHash: createHash('sha256').update(text).digest('hex') };
}
