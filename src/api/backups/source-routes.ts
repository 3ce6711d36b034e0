import { z } from 'zod';
import { previewRetention } from '../../app/backup/preview-retention.js';
import { runRetention } from '../../app/backup/run-retention.js';
import { listSources, showSource } from '../../app/backup/show-source.js';
import { retentionWorkflowId } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { ApiDeps } from '../api-deps.js';
import { given } from '../given.js';
import { operation, type Operation } from '../operation.js';
import { pageOf } from '../page-of.js';
import { environmentNameSchema, idempotencyHeaders, pageQuery, serviceNameSchema } from '../schemas.js';
import { START_REFUSALS } from './backup-routes.js';
import { addressShape } from './schemas.js';
import { retentionSchema, retentionTicketSchema, sourceListSchema, sourceSchema } from './source-schemas.js';

const tag = 'Backups';
const right = 'backup:read';
const params = z.strictObject(addressShape);
const retentionPathOf = ({ service, environment, source }: SourceAddress): string => `/api/v1/backup-sources/${service}/${environment}/${source}/retention`;
const path = '/backup-sources/{service}/{environment}/{source}';

export function sourceOperations({ app, temporalLink }: ApiDeps): readonly Operation[] {
  return [
    operation({
      id: 'listBackupSources', method: 'get', path: '/backup-sources', tag, right, summary: 'List what is backed up',
      query: z.strictObject({ service: serviceNameSchema.optional(), environment: environmentNameSchema.optional(), ...pageQuery }),
      answers: { 200: { description: 'A page, by environment, service and name', schema: sourceListSchema } },
      refusals: ['DATABASE_UNAVAILABLE'],
      async handle({ query: { limit, cursor, ...filter } }) {
        return { status: 200, body: await listSources(app)(given(filter), pageOf({ limit, cursor })) };
      },
    }),
    operation({
      id: 'showBackupSource', method: 'get', path, tag, right, summary: 'Show a source', params,
      answers: { 200: { description: 'Its newest backups, their age, its schedules', schema: sourceSchema } },
      refusals: ['SERVICE_NOT_FOUND', 'ENVIRONMENT_NOT_FOUND', 'SOURCE_UNKNOWN', 'DATABASE_UNAVAILABLE'],
      handle: async ({ params: address }) => ({ status: 200, body: await showSource(app)(address) }),
    }),
    operation({
      id: 'previewRetention', method: 'get', path: `${path}/retention`, tag, right, summary: 'Show what retention would let go', params,
      description: 'By today’s rules. Nothing goes.',
      answers: { 200: { description: 'What stays and what goes, each with its reasons', schema: retentionSchema } },
      refusals: ['SERVICE_NOT_FOUND', 'ENVIRONMENT_NOT_FOUND', 'SOURCE_UNKNOWN', 'SOURCE_NOT_OWNED', 'DATABASE_UNAVAILABLE'],
      handle: async ({ params: address }) => ({ status: 200, body: await previewRetention(app)(address) }),
    }),
    operation({
      id: 'runRetention', method: 'post', path: `${path}/retention`, tag, right: 'retention:run', summary: 'Let backups go now', params,
      description: 'What the preview shows, by today’s rules, and gives the bytes back. Each successful backup does it; this is for a repository that is full.',
      headers: idempotencyHeaders,
      answers: { 202: { description: 'Started, or going on already', schema: retentionTicketSchema } },
      refusals: START_REFUSALS,
      async handle({ params: address, actor, claim }) {
        const started = await runRetention(app)(address, actor, claim);
        return { status: 202, body: { ...started, links: { self: retentionPathOf(started), temporal: temporalLink(retentionWorkflowId(started)) } } };
      },
    }),
  ];
}
