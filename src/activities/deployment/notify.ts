import type { StepInput } from '../../domain/deployment/steps.js';
import type { Notice } from '../../notifiers/notifier.js';
import { deliverNotice, noticeKind } from '../deliver-notice.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';

/** Tells everyone who asked for this kind, each once: who was told already is in the heartbeat for the next attempt. @throws NOTIFY_FAILED */
export async function notify(deps: ActivityDeps, input: StepInput<'notify'>, context: StepContext): Promise<object> {
  const { before, signal, report } = context;
  context.emit(input.kind, input.text);
  await deliverNotice(noticeOf(input, context), input.plan.notify, { ...deps, before, signal, report });
  return {};
}

function noticeOf({ plan, kind, text, status }: StepInput<'notify'>, { firstScheduledAtMs }: StepContext): Notice {
  return {
    kind: noticeKind(kind), text, deployment: status.deployment, service: plan.service, environment: plan.environment, version: plan.candidate.version,
    // The same at every attempt, so that a receiver recognises a repeated notice.
    at: new Date(firstScheduledAtMs).toISOString(),
  };
}
