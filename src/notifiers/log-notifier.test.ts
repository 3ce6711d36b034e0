import { notifierContract } from './contract.js';
import { createLogNotifier } from './log-notifier.js';
import type { Notice } from './notifier.js';

notifierContract('the log', 'local', async () => {
  const delivered: Notice[] = [];
  // The notifier below writes nothing else into this log.
  const info = (fields: object) => void delivered.push((fields as { notice: Notice }).notice);
  const logger = { info, warn: () => undefined, error: () => undefined };
  return { notifier: createLogNotifier(logger), delivered: () => delivered, become: () => undefined, close: async () => undefined };
});
