import express, { type Express } from 'express';
import { SlipwayError } from '../domain/errors.js';
import type { ApiDeps } from './api-deps.js';
import { backupOperations } from './backups/backup-routes.js';
import { drillOperations } from './backups/drill-routes.js';
import { restoreControlOperations } from './backups/restore-control-routes.js';
import { restoreOperations } from './backups/restore-routes.js';
import { sourceOperations } from './backups/source-routes.js';
import { controlOperations } from './deployments/control-routes.js';
import { readOperations } from './deployments/read-routes.js';
import { startOperations } from './deployments/start-routes.js';
import { docsRoutes } from './docs/routes.js';
import { environmentOperations } from './environments/routes.js';
import { answerProblem } from './middleware/answer-problem.js';
import { authenticate } from './middleware/authenticate.js';
import { identifyRequest } from './middleware/identify-request.js';
import { observeRequests } from './middleware/observe-requests.js';
import { mountOperations } from './mount-operations.js';
import { BASE_PATH, openApiDocument } from './openapi.js';
import type { Operation } from './operation.js';
import { serviceOperations } from './services/routes.js';
import { systemRoutes } from './system/routes.js';
import { VERSION } from './version.js';

/** The whole HTTP side; listens to nothing yet. */
export function createApp(deps: ApiDeps): Express {
  const operations = operationsOf(deps);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(identifyRequest, observeRequests(deps.log, deps.metrics));
  app.use(systemRoutes(deps));
  app.use(docsRoutes(openApiDocument(operations, VERSION)));
  app.use(BASE_PATH, authenticate(deps.adminKey), mountOperations(operations));
  app.use((request) => {
    throw new SlipwayError('ROUTE_NOT_FOUND', `There is no ${request.method} ${request.path.slice(0, 200)}.`);
  });
  app.use(answerProblem(deps.log));
  return app;
}

/** In the order in which the document shows them. */
function operationsOf(deps: ApiDeps): readonly Operation[] {
  return [
    ...serviceOperations(deps), ...environmentOperations(deps), ...startOperations(deps), ...readOperations(deps), ...controlOperations(deps),
    ...sourceOperations(deps), ...backupOperations(deps), ...restoreOperations(deps), ...restoreControlOperations(deps), ...drillOperations(deps),
  ];
}
