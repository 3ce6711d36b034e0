import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { messageOf } from '../../domain/errors.js';
import type { Logger } from '../../domain/logger.js';
import type { NotifySpec } from '../../domain/service/environment.js';
import type { Notice, Notifier } from '../../notifiers/notifier.js';

const DELIVERY_MS = 10_000;

/** Tells everyone whom the plan names for lost deployments, each as far as it goes: the sweep does not depend on it. */
export function tellLostBy(notifierOf: (via: NotifySpec['via']) => Notifier, log: Logger): (record: DeploymentRecord, text: string) => Promise<void> {
  return async (record, text) => {
    const receivers = Object.entries(record.plan.notify).filter(([, { on }]) => on.includes('lost'));
    const notice = noticeOf(record, text);
    await Promise.all(receivers.map(async ([name, { via }]) => {
      try {
        await notifierOf(via).notify(notice, AbortSignal.timeout(DELIVERY_MS));
      } catch (error) {
        log.warn({ receiver: name, deployment: record.id, reason: messageOf(error) }, 'a notice could not be delivered');
      }
    }));
  };
}

function noticeOf({ id, service, environment, version }: DeploymentRecord, text: string): Notice {
  return { kind: 'lost', deployment: id, service, environment, version, text, at: new Date().toISOString() };
}
