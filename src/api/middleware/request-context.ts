import type { Response } from 'express';
import type { Actor } from '../../domain/actor.js';
import { SlipwayError } from '../../domain/errors.js';

/** What the middleware has found out about a request so far. */
export interface RequestContext {
  id: string;
  actor: Actor | undefined;
  /** The pattern of the route, for logs and metrics: never what the caller chose. */
  route: string;
}

const KEY = 'slipway';

export function openContext(response: Response, id: string): void {
  const context: RequestContext = { id, actor: undefined, route: 'none' };
  response.locals[KEY] = context;
}

export function contextOf(response: Response): RequestContext {
  // Written by openContext alone, before every route.
  return response.locals[KEY] as RequestContext;
}

/** @throws UNAUTHENTICATED */
export function actorOf(response: Response): Actor {
  const { actor } = contextOf(response);
  if (!actor) throw new SlipwayError('UNAUTHENTICATED');
  return actor;
}
