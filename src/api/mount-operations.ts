import express, { type Response, Router } from 'express';
import { SlipwayError } from '../domain/errors.js';
import { contextOf } from './middleware/request-context.js';
import type { Answer, Operation } from './operation.js';

const BODY_LIMIT = '1mb';

/** Routes for all operations; any other method of their paths is refused by name. */
export function mountOperations(operations: readonly Operation[]): Router {
  const router = Router();
  router.use(express.text({ type: () => true, limit: BODY_LIMIT }));
  for (const each of operations) {
    router[each.method](expressPath(each.path), async (request, response) => {
      contextOf(response).route = each.path;
      send(response, await each.run(request, response));
    });
  }
  for (const [path, methods] of methodsByPath(operations)) {
    router.all(expressPath(path), (request, response) => {
      contextOf(response).route = path;
      response.set('Allow', methods.join(', '));
      throw new SlipwayError('METHOD_NOT_ALLOWED', `${path} takes ${methods.join(', ')}, not ${request.method}.`);
    });
  }
  return router;
}

function send(response: Response, answer: Answer): void {
  if (answer === null) return;
  response.status(answer.status).set({ 'Cache-Control': 'no-store', ...answer.headers });
  if (answer.body === undefined) response.end();
  else response.json(answer.body);
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(operations: readonly Operation[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of operations) methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  return methods;
}
