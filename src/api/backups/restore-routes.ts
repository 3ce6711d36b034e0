import { z } from 'zod';
import { previewRestore, requestRestore } from '../../app/backup/request-restore.js';
import { listRestores, showRestore } from '../../app/backup/show-restore.js';
import type { ApiDeps } from '../api-deps.js';
import { given } from '../given.js';
import { operation, type Operation } from '../operation.js';
import { pageOf } from '../page-of.js';
import { flagSchema, idempotencyHeaders, pageQuery, runIdSchema } from '../schemas.js';
import { START_REFUSALS } from './backup-routes.js';
import { pathOfRun, withRunLinks } from './links.js';
import { restoreBody, restoreListSchema, restorePlanSchema, restoreSchema, restoreTicketSchema } from './restore-schemas.js';
import { filterShape } from './schemas.js';

const tag = 'Restores';

export function restoreOperations(deps: ApiDeps): readonly Operation[] {
  const { app } = deps;
  return [
    operation({
      id: 'requestRestore', method: 'post', path: '/restores', tag, right: 'restore:operate', summary: 'Restore a source',
      description: 'Without `swap: true` a dry run: the backup is restored beside what is live, proven and dropped. With it, the answer comes when every service that declares the source is held, so that none is deployed meanwhile. `?plan=true` shows what would happen and what would be lost, and starts nothing.',
      query: z.strictObject({ plan: flagSchema.meta({ description: 'Show the plan, and start nothing.' }) }),
      headers: idempotencyHeaders, body: restoreBody,
      answers: { 202: { description: 'Started, and holding what it must', schema: restoreTicketSchema }, 200: { description: 'Of `?plan=true`: the plan', schema: restorePlanSchema } },
      refusals: [
        'BACKUP_NOT_FOUND', 'NO_BACKUP', 'BACKUP_NOT_STORED', 'BACKUP_NOT_VERIFIED', 'BACKUP_DAMAGED', 'BACKUP_FORGOTTEN', 'BACKUP_MISMATCH', 'DEPLOYMENT_NOT_FOUND',
        'NO_RESTORE_OFFERED', 'RESTORE_RUNNING', 'DEPLOYMENT_LIVE', 'HELD_BY_RESTORE', 'ABORTED', 'CANCELLED', 'LOST', 'TEMPORAL_TIMEOUT', 'RUN_NOT_READY', ...START_REFUSALS,
      ],
      async handle({ query, body, actor, claim }) {
        if (query.plan) return { status: 200, body: { plan: await previewRestore(app)(given(body)) } };
        const ticket = await requestRestore(app)(given(body), actor, claim);
        return { status: 202, body: withRunLinks('restores', ticket, deps), headers: { Location: pathOfRun('restores', ticket.id) } };
      },
    }),
    operation({
      id: 'listRestores', method: 'get', path: '/restores', tag, right: 'backup:read', summary: 'List restores, newest first',
      query: z.strictObject({ ...filterShape, ...pageQuery }),
      answers: { 200: { description: 'A page, as recorded', schema: restoreListSchema } },
      refusals: ['DATABASE_UNAVAILABLE'],
      async handle({ query: { limit, cursor, ...filter } }) {
        const { items, next } = await listRestores(app)(given(filter), pageOf({ limit, cursor }));
        return { status: 200, body: { items: items.map((item) => withRunLinks('restores', item, deps)), next } };
      },
    }),
    operation({
      id: 'showRestore', method: 'get', path: '/restores/{id}', tag, right: 'backup:read', summary: 'Show a restore', params: z.strictObject({ id: runIdSchema }),
      answers: { 200: { description: 'All that is known of it', schema: restoreSchema } },
      refusals: ['RESTORE_NOT_FOUND', 'DATABASE_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'],
      handle: async ({ params: { id } }) => ({ status: 200, body: withRunLinks('restores', await showRestore(app)(id), deps) }),
    }),
  ];
}
