import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { openContext } from './request-context.js';

/** The caller's id when it is harmless in a log, else a new one; answered in the same header. */
export const identifyRequest: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  const id = given !== undefined && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
  openContext(response, id);
  response.set({ 'X-Request-Id': id, 'X-Content-Type-Options': 'nosniff' });
  next();
};
