import { z } from 'zod';
import { deploymentEvents } from '../../app/deployment/deployment-events.js';
import { listDeployments } from '../../app/deployment/list-deployments.js';
import { showDeployment } from '../../app/deployment/show-deployment.js';
import { MILESTONES, waitForDeployment } from '../../app/deployment/wait-for-deployment.js';
import type { ApiDeps } from '../api-deps.js';
import { operation, type Operation } from '../operation.js';
import { pageOf } from '../page-of.js';
import { deploymentIdSchema, environmentNameSchema, flagSchema, pageQuery, phaseSchema, serviceNameSchema, waitSchema } from '../schemas.js';
import { streamEvents } from './event-stream.js';
import { withLinks } from './links.js';
import { deploymentListSchema, deploymentSchema, eventListSchema } from './schemas.js';

const LONGEST_WAIT_MS = 60_000;
const params = z.strictObject({ id: deploymentIdSchema });
const tag = 'Deployments';
const sequenceSchema = z.string().regex(/^\d{1,15}$/, 'must be the sequence of an event').transform(Number);

export function readOperations(deps: ApiDeps): readonly Operation[] {
  const { app, temporalLink, closing } = deps;
  return [
    operation({
      id: 'listDeployments', method: 'get', path: '/deployments', tag, summary: 'List deployments, newest first',
      query: z.strictObject({
        service: serviceNameSchema.optional(), environment: environmentNameSchema.optional(), phase: phaseSchema.optional(),
        live: flagSchema.meta({ description: 'Only those that have not ended.' }), ...pageQuery,
      }),
      answers: { 200: { description: 'A page, as recorded', schema: deploymentListSchema } },
      refusals: ['DATABASE_UNAVAILABLE'],
      async handle({ query: { service, environment, phase, live, ...page } }) {
        const filter = { ...(service && { service }), ...(environment && { environment }), ...(phase && { phase }), ...(live && { live }) };
        const { items, next } = await listDeployments(app)(filter, pageOf(page));
        return { status: 200, body: { items: items.map((item) => withLinks(item, temporalLink)), next } };
      },
    }),
    operation({
      id: 'showDeployment', method: 'get', path: '/deployments/{id}', tag, summary: 'Show a deployment',
      description: 'With `until`, answers as soon as it is there, or after `wait`.',
      params,
      query: z.strictObject({ until: z.enum(MILESTONES).optional(), wait: waitSchema(LONGEST_WAIT_MS).optional().meta({ description: 'At most 60s. Default 30s.' }) }),
      answers: { 200: { description: 'All that is known of it', schema: deploymentSchema } },
      refusals: ['DEPLOYMENT_NOT_FOUND', 'TOO_MANY_READERS', 'DATABASE_UNAVAILABLE'],
      async handle({ params: { id }, query: { until, wait }, gone }) {
        if (!until) return { status: 200, body: withLinks(await showDeployment(app)(id), temporalLink) };
        const view = await waitForDeployment(app)({ deployment: id, until, waitMs: wait ?? LONGEST_WAIT_MS / 2 }, AbortSignal.any([gone, closing]));
        return { status: 200, body: withLinks(view, temporalLink) };
      },
    }),
    operation({
      id: 'listEvents', method: 'get', path: '/deployments/{id}/events', tag, summary: 'List or follow the events of a deployment',
      description: 'With `Accept: text/event-stream`, a stream that ends with the deployment; `Last-Event-ID` goes on after that event.',
      params,
      query: z.strictObject({ after: sequenceSchema.optional().meta({ description: 'Only events after this sequence.' }), limit: pageQuery.limit }),
      headers: z.looseObject({ 'last-event-id': sequenceSchema.optional() }),
      answers: {
        200: { description: 'A page, oldest first, or a stream', schema: eventListSchema, stream: 'text/event-stream' },
        204: { description: 'Of a stream: the deployment has ended, and nothing follows `Last-Event-ID`' },
      },
      refusals: ['DEPLOYMENT_NOT_FOUND', 'TOO_MANY_READERS', 'DATABASE_UNAVAILABLE'],
      async handle({ params: { id }, query, headers, gone, response }) {
        const after = headers['last-event-id'] ?? query.after ?? 0;
        if (String(headers['accept']).includes('text/event-stream')) return streamEvents(deps, { id, after, resumed: headers['last-event-id'] !== undefined }, gone, response);
        const items = await deploymentEvents(app)(id, after, query.limit);
        return { status: 200, body: { items, next: items.length === query.limit ? (items.at(-1)?.sequence ?? null) : null } };
      },
    }),
  ];
}
