import { codeOf, ERRORS, messageOf } from '../domain/errors.js';
import type { Logger } from '../domain/logger.js';
import type { NotifySpec } from '../domain/service/environment.js';
import type { Notice, Notifier } from '../notifiers/notifier.js';

/**
 * Tells everyone whom the receivers' own lists name for the kind of notice. Never throws.
 *
 * @returns the names of those who could not be told, and may be another time.
 */
export type Tell = (receivers: Readonly<Record<string, NotifySpec>>, notice: Notice) => Promise<readonly string[]>;

const DELIVERY_MS = 10_000;

/** Each as far as it goes. */
export function tellBy(notifierOf: (via: NotifySpec['via']) => Notifier, log: Logger): Tell {
  return async (receivers, notice) => {
    const asked = Object.entries(receivers).filter(([, { on }]) => on.includes(notice.kind));
    const untold = await Promise.all(asked.map(async ([name, { via }]) => {
      try {
        await notifierOf(via).notify(notice, AbortSignal.timeout(DELIVERY_MS));
        return [];
      } catch (error) {
        log.warn({ receiver: name, kind: notice.kind, service: notice.service, reason: messageOf(error) }, 'a notice could not be delivered');
        return ERRORS[codeOf(error)].retryable ? [name] : [];
      }
    }));
    return untold.flat();
  };
}
