import type { Logger } from '../domain/logger.js';
import type { NotifySpec } from '../domain/service/environment.js';
import type { HttpClient } from '../net/http-client.js';
import type { Secrets } from '../secrets/secrets.js';
import { createLogNotifier } from './log-notifier.js';
import type { Notifier } from './notifier.js';
import { createWebhookNotifier } from './webhook-notifier.js';

export interface NotifiersOptions {
  readonly logger: Logger;
  readonly secrets: Secrets;
  readonly http: HttpClient;
  /** The name of the secret that signs every webhook. @default none are signed */
  readonly signingSecret?: string;
}

/** The notifier for what a definition says under `notify`. A secret address is resolved at each use and kept nowhere. */
export function createNotifiers({ logger, secrets, http, signingSecret }: NotifiersOptions): (via: NotifySpec['via']) => Notifier {
  return (via) => {
    if (via.kind === 'log') return createLogNotifier(logger);
    const address = via.url;
    return createWebhookNotifier({
      http,
      url: async () => ('secret' in address ? secrets.resolve(address.secret) : address.text),
      ...(signingSecret === undefined ? {} : { secret: () => secrets.resolve(signingSecret) }),
    });
  };
}
