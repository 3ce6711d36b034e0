import { z } from 'zod';
import { requestDrill } from '../../app/backup/request-drill.js';
import { listDrills, showDrill } from '../../app/backup/show-drill.js';
import type { ApiDeps } from '../api-deps.js';
import { given } from '../given.js';
import { operation, type Operation } from '../operation.js';
import { pageOf } from '../page-of.js';
import { idempotencyHeaders, pageQuery, runIdSchema } from '../schemas.js';
import { START_REFUSALS } from './backup-routes.js';
import { pathOfRun, withRunLinks } from './links.js';
import { drillBody, drillListSchema, drillSchema, drillTicketSchema, filterShape } from './schemas.js';

const tag = 'Drills';

export function drillOperations(deps: ApiDeps): readonly Operation[] {
  const { app } = deps;
  return [
    operation({
      id: 'requestDrill', method: 'post', path: '/drills', tag, right: 'drill:run', summary: 'Drill the restore of a source',
      description: 'Restores the newest verified backup into scratch, proves it and drops it. Touches nothing that is live.',
      headers: idempotencyHeaders, body: drillBody,
      answers: { 202: { description: 'Started', schema: drillTicketSchema } },
      refusals: ['NO_BACKUP', 'DRILL_RUNNING', ...START_REFUSALS],
      async handle({ body, actor, claim }) {
        const ticket = await requestDrill(app)(body, actor, claim);
        return { status: 202, body: withRunLinks('drills', ticket, deps), headers: { Location: pathOfRun('drills', ticket.id) } };
      },
    }),
    operation({
      id: 'listDrills', method: 'get', path: '/drills', tag, right: 'backup:read', summary: 'List drills, newest first',
      query: z.strictObject({ ...filterShape, ...pageQuery }),
      answers: { 200: { description: 'A page', schema: drillListSchema } },
      refusals: ['DATABASE_UNAVAILABLE'],
      async handle({ query: { limit, cursor, ...filter } }) {
        const { items, next } = await listDrills(app)(given(filter), pageOf({ limit, cursor }));
        return { status: 200, body: { items: items.map((item) => withRunLinks('drills', item, deps)), next } };
      },
    }),
    operation({
      id: 'showDrill', method: 'get', path: '/drills/{id}', tag, right: 'backup:read', summary: 'Show a drill', params: z.strictObject({ id: runIdSchema }),
      answers: { 200: { description: 'What it restored, and whether that was equal', schema: drillSchema } },
      refusals: ['DRILL_NOT_FOUND', 'DATABASE_UNAVAILABLE'],
      handle: async ({ params: { id } }) => ({ status: 200, body: withRunLinks('drills', await showDrill(app)(id), deps) }),
    }),
  ];
}
