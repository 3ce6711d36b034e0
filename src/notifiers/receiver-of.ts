import type { Logger } from '../domain/logger.js';
import type { NotifySpec } from '../domain/service/environment.js';
import type { HttpClient } from '../net/http-client.js';
import type { Secrets } from '../secrets/secrets.js';
import { addressOf } from './address-of.js';
import { createLogNotifier } from './log-notifier.js';
import type { Notifier } from './notifier.js';
import { createWebhookNotifier } from './webhook-notifier.js';

export interface ReceiverDeps {
  readonly secrets: Secrets;
  readonly http: HttpClient;
  readonly logger: Logger;
}

/** The receiver that a definition names. Its secrets are read at each notice. */
export function receiverOf({ secrets, http, logger }: ReceiverDeps, via: NotifySpec['via']): Notifier {
  if (via.kind === 'log') return createLogNotifier(logger);
  const { signWith } = via;
  return createWebhookNotifier({
    url: (notice) => addressOf(secrets, via.url, notice), http, ...(signWith === undefined ? {} : { secret: () => secrets.resolve(signWith) }),
  });
}
