import { z } from 'zod';
import { dropHold, holdBackup } from '../../app/backup/hold-backup.js';
import { requestBackup } from '../../app/backup/request-backup.js';
import { listBackups, showBackup } from '../../app/backup/show-backup.js';
import { verifyBackup } from '../../app/backup/verify-backup.js';
import { BACKUP_STATES } from '../../domain/backup/record.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { ApiDeps } from '../api-deps.js';
import { given } from '../given.js';
import { type Answer, operation, type Operation } from '../operation.js';
import { pageOf } from '../page-of.js';
import { flagSchema, idempotencyHeaders, momentSchema, nameSchema, pageQuery, runIdSchema } from '../schemas.js';
import { pathOfRun, withRunLinks, withVerifyLinks } from './links.js';
import { backupBody, backupListSchema, backupSchema, backupSummarySchema, backupTicketSchema, dropHoldBody, filterShape, holdBody } from './schemas.js';

const tag = 'Backups';
const params = z.strictObject({ id: runIdSchema });

/** Of whatever starts something at a source. */
export const START_REFUSALS: readonly ErrorCode[] = [
  'SERVICE_NOT_FOUND', 'ENVIRONMENT_NOT_FOUND', 'SOURCE_UNKNOWN', 'SOURCE_NOT_OWNED', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT', 'DATABASE_UNAVAILABLE',
  'TEMPORAL_UNAVAILABLE', 'TEMPORAL_NOT_PREPARED',
];

const KEY_REFUSALS: readonly ErrorCode[] = ['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT'];

const KEPT_REFUSALS: readonly ErrorCode[] = ['BACKUP_NOT_FOUND', 'BACKUP_NOT_STORED', 'BACKUP_FORGOTTEN', 'DATABASE_UNAVAILABLE'];

export function backupOperations(deps: ApiDeps): readonly Operation[] {
  const { app } = deps;
  const accepted = (body: { readonly id: string }): Answer => ({ status: 202, body, headers: { Location: pathOfRun('backups', body.id) } });
  return [
    operation({
      id: 'requestBackup', method: 'post', path: '/backups', tag, right: 'backup:run', summary: 'Back up a source',
      headers: idempotencyHeaders, body: backupBody,
      answers: { 202: { description: 'Started', schema: backupTicketSchema } },
      refusals: ['BACKUP_RUNNING', ...START_REFUSALS],
      handle: async ({ body, actor, claim }) => accepted(withRunLinks('backups', await requestBackup(app)(body, actor, claim), deps)),
    }),
    operation({
      id: 'listBackups', method: 'get', path: '/backups', tag, right: 'backup:read', summary: 'List backups, newest first',
      query: z.strictObject({
        ...filterShape, repository: nameSchema.optional(), state: z.enum(BACKUP_STATES).optional(),
        since: momentSchema.optional().meta({ description: 'Requested at that instant or after.' }), until: momentSchema.optional().meta({ description: 'Requested before that instant.' }),
        usable: flagSchema.meta({ description: 'Only those that a restore may choose.' }), ...pageQuery,
      }),
      answers: { 200: { description: 'A page, as recorded', schema: backupListSchema } },
      refusals: ['DATABASE_UNAVAILABLE'],
      async handle({ query: { limit, cursor, usable, ...filter } }) {
        const { items, next } = await listBackups(app)({ ...given(filter), ...(usable && { usable }) }, pageOf({ limit, cursor }));
        return { status: 200, body: { items: items.map((item) => withRunLinks('backups', item, deps)), next } };
      },
    }),
    operation({
      id: 'showBackup', method: 'get', path: '/backups/{id}', tag, right: 'backup:read', summary: 'Show a backup', params,
      answers: { 200: { description: 'All that is known of it', schema: backupSchema } },
      refusals: ['BACKUP_NOT_FOUND', 'DATABASE_UNAVAILABLE'],
      handle: async ({ params: { id } }) => ({ status: 200, body: withRunLinks('backups', await showBackup(app)(id), deps) }),
    }),
    operation({
      id: 'verifyBackup', method: 'post', path: '/backups/{id}/verify', tag, right: 'backup:run', summary: 'Read a backup back once more', params,
      description: 'From its destination, all of it. The backup shows the result: `verifiedAt`, or `state: damaged` and what is hit, or `checkFailure` where it could not be read.',
      headers: idempotencyHeaders,
      answers: { 202: { description: 'Started, or going on already', schema: backupTicketSchema } },
      refusals: [...KEPT_REFUSALS, ...KEY_REFUSALS, 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_NOT_PREPARED'],
      handle: async ({ params: { id }, claim }) => accepted(withVerifyLinks(await verifyBackup(app)(id, claim), deps)),
    }),
    operation({
      id: 'holdBackup', method: 'post', path: '/backups/{id}/hold', tag, right: 'backup:hold', summary: 'Put a backup under legal hold', params,
      description: 'Retention never takes it until the hold is dropped. Again with another reason: the new one counts.',
      headers: idempotencyHeaders, body: holdBody,
      answers: { 200: { description: 'Held', schema: backupSummarySchema } },
      refusals: [...KEPT_REFUSALS, ...KEY_REFUSALS],
      handle: async ({ params: { id }, body, actor, claim }) => ({ status: 200, body: await holdBackup(app)(id, body.reason, actor, claim) }),
    }),
    operation({
      id: 'dropHold', method: 'delete', path: '/backups/{id}/hold', tag, right: 'backup:drop-hold', summary: 'Drop a legal hold', params,
      description: 'The rules of retention count again. Without a hold nothing changes.',
      body: dropHoldBody,
      answers: { 200: { description: 'Held no longer', schema: backupSummarySchema } },
      refusals: ['BACKUP_NOT_FOUND', 'BACKUP_FORGOTTEN', 'DATABASE_UNAVAILABLE'],
      handle: async ({ params: { id }, body, actor }) => ({ status: 200, body: await dropHold(app)(id, body.reason, actor) }),
    }),
  ];
}
