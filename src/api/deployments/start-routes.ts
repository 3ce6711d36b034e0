import { z } from 'zod';
import type { DeploymentTicket } from '../../app/deployment/deployment-ticket.js';
import { dryRunDeployment, requestDeployment } from '../../app/deployment/request-deployment.js';
import { undoDeployment } from '../../app/deployment/undo-deployment.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { ApiDeps } from '../api-deps.js';
import { type Answer, operation, type Operation } from '../operation.js';
import { deploymentIdSchema, flagSchema, idempotencyHeaders } from '../schemas.js';
import { pathOf, withLinks } from './links.js';
import { planSchema, requestBody, ticketSchema, undoBody } from './schemas.js';

const tag = 'Deployments';

const START_REFUSALS: readonly ErrorCode[] = [
  'SERVICE_NOT_FOUND', 'ENVIRONMENT_NOT_FOUND', 'STRATEGY_UNKNOWN', 'SOURCE_UNKNOWN', 'SOURCE_NOT_OWNED', 'NOTHING_TO_DEPLOY', 'DEPLOYMENT_LIVE', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT',
  'DATABASE_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_NOT_PREPARED',
];

/** What starts a run. */
export function startOperations({ app, temporalLink }: ApiDeps): readonly Operation[] {
  const accepted = (ticket: DeploymentTicket): Answer => ({ status: 202, body: withLinks(ticket, temporalLink), headers: { Location: pathOf(ticket.id) } });
  return [
    operation({
      id: 'requestDeployment', method: 'post', path: '/deployments', tag, summary: 'Deploy a version',
      query: z.strictObject({ dryRun: flagSchema.meta({ description: 'Show the plan, and start nothing.' }) }),
      headers: idempotencyHeaders,
      body: requestBody,
      answers: { 202: { description: 'Started', schema: ticketSchema }, 200: { description: 'Of a dry run: the plan', schema: planSchema } },
      refusals: ['VERSION_REQUIRED', 'ROUTER_ENTRY_UNKNOWN', ...START_REFUSALS],
      async handle({ query, body, actor, claim }) {
        const { onConflict: _, ...command } = body;
        if (query.dryRun) return { status: 200, body: await dryRunDeployment(app)(command, actor) };
        return accepted(await requestDeployment(app)(command, actor, claim));
      },
    }),
    operation({
      id: 'undoDeployment', method: 'post', path: '/deployments/{id}/undo', tag, summary: 'Bring back the release before this deployment',
      description: 'A new deployment under today’s strategy, gates and analysis; it backs nothing up and migrates nothing. Only what is live can be undone.',
      params: z.strictObject({ id: deploymentIdSchema }),
      headers: idempotencyHeaders,
      body: undoBody,
      answers: { 202: { description: 'The new deployment', schema: ticketSchema } },
      refusals: ['DEPLOYMENT_NOT_FOUND', 'NOTHING_TO_UNDO', 'CONTRACTED', ...START_REFUSALS],
      handle: async ({ params, body, actor, claim }) => accepted(await undoDeployment(app)({ deployment: params.id, ...body }, actor, claim)),
    }),
  ];
}
