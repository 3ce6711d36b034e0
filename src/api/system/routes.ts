import { Router } from 'express';
import { ERRORS, isErrorCode, SlipwayError } from '../../domain/errors.js';
import type { ApiDeps } from '../api-deps.js';
import { contextOf } from '../middleware/request-context.js';
import { readReadiness } from './readiness.js';

/** What needs no key: whether the process lives and can work, its metrics, schemas and error codes. */
export function systemRoutes({ app, metrics, schemas }: ApiDeps): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/healthz', (_request, response) => {
    contextOf(response).route = '/healthz';
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    contextOf(response).route = '/readyz';
    const readiness = await readReadiness(app);
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  router.get('/metrics', async (_request, response) => {
    contextOf(response).route = '/metrics';
    response.set('Content-Type', metrics.contentType).send(await metrics.text());
  });
  router.get('/schemas/:file', (request, response) => {
    contextOf(response).route = '/schemas/{file}';
    const { file } = request.params;
    if (!Object.hasOwn(schemas, file)) throw new SlipwayError('ROUTE_NOT_FOUND', `The schemas are: ${Object.keys(schemas).join(', ')}.`);
    response.type('application/schema+json').send(JSON.stringify(schemas[file], null, 2));
  });
  router.get('/errors/:code', (request, response) => {
    contextOf(response).route = '/errors/{code}';
    const { code } = request.params;
    if (!isErrorCode(code)) throw new SlipwayError('ROUTE_NOT_FOUND', 'There is no such error code.');
    response.json({ code, ...ERRORS[code] });
  });
  return router;
}
