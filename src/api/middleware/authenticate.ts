import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { ADMIN_ROLE } from '../../domain/actor.js';
import { SlipwayError } from '../../domain/errors.js';
import { contextOf } from './request-context.js';

/** Lets through who shows the admin key. Hashes are compared, in constant time, so neither length nor beginning of the key leaks. */
export function authenticate(adminKey: string): RequestHandler {
  const expected = sha256(adminKey);
  return (request, response, next) => {
    const [, key] = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
    if (key === undefined || !timingSafeEqual(sha256(key), expected)) {
      response.set('WWW-Authenticate', 'Bearer realm="slipway"');
      throw new SlipwayError('UNAUTHENTICATED', key === undefined ? 'The request has no `Authorization: Bearer` header.' : 'The key is not known.');
    }
    contextOf(response).actor = { name: ADMIN_ROLE, roles: [ADMIN_ROLE] };
    next();
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
