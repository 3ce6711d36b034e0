import { z } from 'zod';
import { forgetEnvironment } from '../../app/environment/forget-environment.js';
import { showEnvironment } from '../../app/environment/show-environment.js';
import { resolveEnvironment } from '../../app/service/show-service.js';
import type { ApiDeps } from '../api-deps.js';
import { withLinks } from '../deployments/links.js';
import { operation, type Operation } from '../operation.js';
import { environmentNameSchema, flagSchema, revisionTagSchema, serviceNameSchema } from '../schemas.js';
import { environmentSchema, resolvedEnvironmentSchema } from './schemas.js';

const params = z.strictObject({ service: serviceNameSchema, environment: environmentNameSchema });
const path = '/services/{service}/environments/{environment}';
const tag = 'Environments';

export function environmentOperations({ app, temporalLink }: ApiDeps): readonly Operation[] {
  return [
    operation({
      id: 'showEnvironment', method: 'get', path, tag, summary: 'Show what is live in an environment', params,
      query: z.strictObject({ resolved: flagSchema.meta({ description: 'Show instead what counts once defaults are merged, and where each key comes from.' }) }),
      answers: { 200: { description: 'What is live, each part with its age', schema: z.union([environmentSchema, resolvedEnvironmentSchema]) } },
      refusals: ['SERVICE_NOT_FOUND', 'ENVIRONMENT_NOT_FOUND', 'DATABASE_UNAVAILABLE'],
      async handle({ params: { service, environment }, query }) {
        if (query.resolved) return { status: 200, body: { service, environment, ...(await resolveEnvironment(app)(service, environment)) } };
        const view = await showEnvironment(app)(service, environment);
        const live = view.live && { ...view.live, status: view.live.status && withLinks(view.live.status, temporalLink) };
        return { status: 200, body: { ...view, live } };
      },
    }),
    operation({
      id: 'forgetEnvironment', method: 'delete', path, tag, summary: 'Forget an environment',
      description: 'Takes it out of the definition; traffic and instances stay as they are.',
      params,
      query: z.strictObject({ release: flagSchema.meta({ description: 'Forget it although a release is live.' }) }),
      headers: z.looseObject({ 'if-match': revisionTagSchema.optional() }),
      answers: { 204: { description: 'Forgotten' } },
      refusals: ['SERVICE_NOT_FOUND', 'ENVIRONMENT_NOT_FOUND', 'ENVIRONMENT_SERVES', 'DEPLOYMENT_LIVE', 'PRECONDITION_FAILED', 'DATABASE_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
      async handle({ params: { service, environment }, query, headers, actor }) {
        const serving = query.release ? 'release' : 'refuse';
        await forgetEnvironment(app)({ service, environment, serving, expected: headers['if-match'] }, actor);
        return { status: 204 };
      },
    }),
  ];
}
