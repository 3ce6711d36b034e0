import type { Logger } from '../domain/logger.js';
import type { Notifier } from './notifier.js';

/** Writes notices into the worker's log. */
export function createLogNotifier(logger: Logger): Notifier {
  return {
    async notify(notice, signal) {
      signal?.throwIfAborted();
      logger.info({ notice }, notice.text);
    },
  };
}
