import { z } from 'zod';
import { dryRunPutService, putService } from '../../app/service/put-service.js';
import { listRevisions, listServices, showService } from '../../app/service/show-service.js';
import type { ServiceRecord } from '../../store/stores.js';
import type { ApiDeps } from '../api-deps.js';
import { type Answer, operation, type Operation } from '../operation.js';
import { pageOf } from '../page-of.js';
import { flagSchema, pageQuery, revisionTagSchema, serviceNameSchema } from '../schemas.js';
import { definitionBody, differenceSchema, serviceListSchema, serviceSchema } from './schemas.js';

const params = z.strictObject({ service: serviceNameSchema });
const tag = 'Services';

export function serviceOperations({ app }: ApiDeps): readonly Operation[] {
  return [
    operation({
      id: 'putService', method: 'put', path: '/services/{service}', tag, summary: 'Put a service’s definition',
      description: 'JSON or YAML. The same definition again changes nothing. `If-Match` makes sure nobody changed it meanwhile; `If-None-Match: *` that it is new. An environment that is left out is forgotten, unless something is live in it.',
      params,
      query: z.strictObject({ dryRun: flagSchema.meta({ description: 'Show what would change, and change nothing.' }) }),
      headers: z.looseObject({ 'if-match': revisionTagSchema.optional(), 'if-none-match': z.literal('*').optional() }),
      body: definitionBody,
      bodyFormats: 'json-or-yaml',
      answers: {
        200: { description: 'Changed, or the same as before; or, of a dry run, the difference', schema: z.union([serviceSchema, differenceSchema]) },
        201: { description: 'Created', schema: serviceSchema },
      },
      refusals: [
        'DEFINITION_INVALID', 'IDENTITY_REQUIRED', 'QUIESCE_UNSUPPORTED', 'QUIESCE_REQUIRED', 'ROUTER_UNKNOWN', 'REPOSITORY_UNKNOWN', 'TARGET_UNKNOWN', 'TARGET_FORBIDDEN', 'MEASURE_UNSUPPORTED', 'ROUTER_ENTRY_UNKNOWN', 'ROUTER_ENTRY_TAKEN', 'SOURCE_HOST_BOUND', 'SOURCE_TAKEN',
        'ENVIRONMENT_SERVES', 'DEPLOYMENT_LIVE', 'TEMPORAL_UNAVAILABLE', 'PRECONDITION_FAILED', 'MALFORMED_BODY', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'DATABASE_UNAVAILABLE',
      ],
      async handle({ params: { service }, query, headers, body, actor }) {
        const expected = headers['if-none-match'] === '*' ? 0 : headers['if-match'];
        const command = { service, definition: body, expected };
        if (query.dryRun) return { status: 200, body: { service, ...(await dryRunPutService(app)(command)) } };
        const { record, outcome } = await putService(app)(command, actor);
        return answerOf(record, outcome === 'created' ? 201 : 200);
      },
    }),
    operation({
      id: 'listServices', method: 'get', path: '/services', tag, summary: 'List services', query: z.strictObject(pageQuery),
      answers: { 200: { description: 'A page', schema: serviceListSchema } }, refusals: ['DATABASE_UNAVAILABLE'],
      handle: async ({ query }) => ({ status: 200, body: await listServices(app)(pageOf(query)) }),
    }),
    operation({
      id: 'showService', method: 'get', path: '/services/{service}', tag, summary: 'Show a service', params,
      answers: { 200: { description: 'The newest revision; its `ETag` goes into `If-Match`', schema: serviceSchema } },
      refusals: ['SERVICE_NOT_FOUND', 'DATABASE_UNAVAILABLE'],
      handle: async ({ params: { service } }) => answerOf(await showService(app)(service), 200),
    }),
    operation({
      id: 'listRevisions', method: 'get', path: '/services/{service}/revisions', tag, summary: 'List the revisions of a service', params,
      query: z.strictObject(pageQuery),
      answers: { 200: { description: 'A page, newest first', schema: serviceListSchema } }, refusals: ['SERVICE_NOT_FOUND', 'DATABASE_UNAVAILABLE'],
      handle: async ({ params: { service }, query }) => ({ status: 200, body: await listRevisions(app)(service, pageOf(query)) }),
    }),
  ];
}

function answerOf(record: ServiceRecord, status: number): Answer {
  const location = { Location: `/api/v1/services/${record.service}` };
  return { status, body: record, headers: { ETag: `"${record.revision}"`, ...(status === 201 && location) } };
}
