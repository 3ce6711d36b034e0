import { codeOf, ERRORS, messageOf } from '../../domain/errors.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import { NOTICE_KINDS, type Notice } from '../../notifiers/notifier.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';

/** Tells everyone who asked for this kind, each once: who was told already is in the heartbeat for the next attempt. @throws NOTIFY_FAILED */
export async function notify(deps: ActivityDeps, input: StepInput<'notify'>, context: StepContext): Promise<object> {
  const notice = noticeOf(input, context);
  const told = new Set(Array.isArray(context.before) ? context.before.map(String) : []);
  const receivers = Object.entries(input.plan.notify).filter(([name, { on }]) => !told.has(name) && on.includes(input.kind));
  let failure: Error | undefined;
  for (const [name, { via }] of receivers) {
    try {
      await deps.notifier(via).notify(notice, context.signal);
      told.add(name);
      context.report([...told]);
    } catch (error) {
      deps.logger.warn({ receiver: name, reason: messageOf(error) }, 'a notice could not be delivered');
      // What was refused for good is over; what may pass is tried again for the others' sake.
      if (failure === undefined || ERRORS[codeOf(error)].retryable) failure = error instanceof Error ? error : new Error(messageOf(error));
      if (!ERRORS[codeOf(error)].retryable) told.add(name);
    }
  }
  if (told.size === 0 && receivers.length === 0) await deps.notifier({ kind: 'log' }).notify(notice, context.signal);
  context.emit(input.kind, input.text);
  if (failure) throw failure;
  return {};
}

function noticeOf({ plan, kind, text, status }: StepInput<'notify'>, { firstScheduledAtMs }: StepContext): Notice {
  return {
    kind: NOTICE_KINDS.find((known) => known === kind) ?? 'note', text, deployment: status.deployment, service: plan.service, environment: plan.environment,
    version: plan.candidate.version, // The same at every attempt, so that a receiver recognises a repeated notice.
    at: new Date(firstScheduledAtMs).toISOString(),
  };
}
