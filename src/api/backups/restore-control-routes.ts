import { z } from 'zod';
import { controlRestore } from '../../app/backup/control-restore.js';
import type { RestoreControlKind, RestoreMessage } from '../../domain/backup/restore-message.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { ApiDeps } from '../api-deps.js';
import { given } from '../given.js';
import { operation, type Operation } from '../operation.js';
import { idempotencyHeaders, runIdSchema } from '../schemas.js';
import { withRunLinks } from './links.js';
import { restoreControlBody, restoreDecisionBody, restoreLiveSchema, restoreResolveBody } from './restore-schemas.js';

type Message = Pick<RestoreMessage, 'gate' | 'reason' | 'live'>;

interface Control<B extends z.ZodType> {
  readonly kind: RestoreControlKind;
  readonly summary: string;
  readonly body: B;
  readonly refusals: readonly ErrorCode[];
  readonly messageOf: (body: z.output<B>) => Message;
}

const COMMON: readonly ErrorCode[] = ['RESTORE_NOT_FOUND', 'RESTORE_ENDED', 'ABORTING', 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_TIMEOUT', 'RUN_NOT_READY'];

/** What a live restore is told. None of it needs the database. */
export function restoreControlOperations(deps: ApiDeps): readonly Operation[] {
  const plain = { body: restoreControlBody, messageOf: given<z.output<typeof restoreControlBody>> };
  const decision = { body: restoreDecisionBody, messageOf: given<z.output<typeof restoreDecisionBody>> };
  return [
    control(deps, { kind: 'pause', summary: 'Hold before the next step', refusals: ['ALREADY_PAUSED', 'NOTHING_TO_PAUSE'], ...plain }),
    control(deps, { kind: 'resume', summary: 'Go on after a pause', refusals: ['NOT_PAUSED'], ...plain }),
    control(deps, { kind: 'approve', summary: 'Approve the gate before the swap', refusals: ['GATE_NOT_OPEN', 'ALREADY_DECIDED', 'ROLE_REQUIRED'], ...decision }),
    control(deps, { kind: 'reject', summary: 'Reject at the gate, which aborts', refusals: ['GATE_NOT_OPEN', 'ALREADY_DECIDED', 'ROLE_REQUIRED'], ...decision }),
    control(deps, { kind: 'abort', summary: 'Abort: what was live is live again', refusals: ['PAST_NO_RETURN'], ...plain }),
    control(deps, { kind: 'skip', summary: 'Drop the replaced data now', refusals: ['NOTHING_TO_SKIP'], ...plain }),
    control(deps, {
      kind: 'resolve', summary: 'End the phase `needs-attention`', refusals: ['NOT_IN_ATTENTION', 'RESOLVE_REFUSED'], body: restoreResolveBody,
      messageOf: given<z.output<typeof restoreResolveBody>>,
    }),
  ];
}

function control<B extends z.ZodType>(deps: ApiDeps, { kind, summary, body, refusals, messageOf }: Control<B>): Operation {
  return operation({
    id: `${kind}Restore`, method: 'post', path: `/restores/{id}/${kind}`, tag: 'Restores', right: 'restore:operate', summary, body,
    params: z.strictObject({ id: runIdSchema }),
    headers: idempotencyHeaders,
    answers: { 200: { description: 'The new status', schema: restoreLiveSchema } },
    refusals: [...COMMON, ...refusals],
    async handle({ params, body: message, actor, claim }) {
      const view = await controlRestore(deps.app)({ restore: params.id, kind, ...messageOf(message), ...(claim && { idempotencyKey: claim.key }) }, actor);
      return { status: 200, body: withRunLinks('restores', view, deps) };
    },
  });
}
