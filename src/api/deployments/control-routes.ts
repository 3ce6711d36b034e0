import { z } from 'zod';
import { controlDeployment } from '../../app/deployment/control-deployment.js';
import type { ControlKind, ControlMessage } from '../../domain/deployment/control-message.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { ApiDeps } from '../api-deps.js';
import { given } from '../given.js';
import { operation, type Operation } from '../operation.js';
import { deploymentIdSchema, idempotencyHeaders } from '../schemas.js';
import { withLinks } from './links.js';
import { controlBody, decisionBody, liveSchema, resolveBody } from './schemas.js';

type Message = Pick<ControlMessage, 'step' | 'gate' | 'reason' | 'resolve'>;

interface Control<B extends z.ZodType> {
  readonly kind: ControlKind;
  readonly summary: string;
  readonly body: B;
  readonly refusals: readonly ErrorCode[];
  readonly messageOf: (body: z.output<B>) => Message;
}

const COMMON: readonly ErrorCode[] = ['DEPLOYMENT_NOT_FOUND', 'DEPLOYMENT_ENDED', 'WRONG_STEP', 'ABORTING', 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_TIMEOUT', 'RUN_NOT_READY'];

/** What a live run is told. None of it needs the database. */
export function controlOperations(deps: ApiDeps): readonly Operation[] {
  const plain = { body: controlBody, messageOf: given<z.output<typeof controlBody>> };
  const decision = { body: decisionBody, messageOf: given<z.output<typeof decisionBody>> };
  return [
    control(deps, { kind: 'pause', summary: 'Hold the present split', refusals: ['ALREADY_PAUSED'], ...plain }),
    control(deps, { kind: 'resume', summary: 'Go on after a pause', refusals: ['NOT_PAUSED'], ...plain }),
    control(deps, { kind: 'approve', summary: 'Approve a gate', refusals: ['GATE_NOT_OPEN', 'ALREADY_DECIDED', 'ROLE_REQUIRED'], ...decision }),
    control(deps, { kind: 'reject', summary: 'Reject at a gate, which aborts; a contract is left to people', refusals: ['GATE_NOT_OPEN', 'ALREADY_DECIDED', 'ROLE_REQUIRED'], ...decision }),
    control(deps, { kind: 'abort', summary: 'Abort: traffic goes back to stable; once the roles have changed, only a contract is stopped', refusals: ['PAST_NO_RETURN'], ...plain }),
    control(deps, { kind: 'promote', summary: 'End the remaining bakes early', refusals: ['ALREADY_PROMOTING'], ...plain }),
    control(deps, { kind: 'skip', summary: 'End this bake or keepWarm early', refusals: ['NOTHING_TO_SKIP'], ...plain }),
    control(deps, {
      kind: 'resolve', summary: 'End the phase `needs-attention`, or a revert that runs', refusals: ['NOT_IN_ATTENTION', 'RESOLVE_REFUSED', 'READ_TOO_OLD'],
      body: resolveBody, messageOf: ({ reason, ...resolve }) => ({ ...given({ reason }), resolve }),
    }),
  ];
}

function control<B extends z.ZodType>({ app, temporalLink }: ApiDeps, { kind, summary, body, refusals, messageOf }: Control<B>): Operation {
  return operation({
    id: `${kind}Deployment`, method: 'post', path: `/deployments/{id}/${kind}`, tag: 'Control', summary, body,
    params: z.strictObject({ id: deploymentIdSchema }),
    headers: idempotencyHeaders,
    answers: { 200: { description: 'The new status', schema: liveSchema } },
    refusals: [...COMMON, ...refusals],
    async handle({ params, body: message, actor, claim }) {
      const view = await controlDeployment(app)({ deployment: params.id, kind, ...messageOf(message), ...(claim && { idempotencyKey: claim.key }) }, actor);
      return { status: 200, body: withLinks(view, temporalLink) };
    },
  });
}
