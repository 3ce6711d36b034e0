import type { Logger } from '../../domain/logger.js';
import type { NotifySpec } from '../../domain/service/environment.js';
import { createHttpClient } from '../../net/http-client.js';
import { addressOf } from '../../notifiers/address-of.js';
import { createLogNotifier } from '../../notifiers/log-notifier.js';
import type { Notifier } from '../../notifiers/notifier.js';
import { createWebhookNotifier } from '../../notifiers/webhook-notifier.js';
import { createSecrets } from '../../secrets/secrets.js';

/** Receivers of the one notice that no worker can send: that a run is gone. Needs the same secrets as a worker. */
export function composeNotifiers(secretsFolder: string | undefined, log: Logger): (via: NotifySpec['via']) => Notifier {
  const secrets = createSecrets({ env: process.env, ...(secretsFolder !== undefined && { folder: secretsFolder }) });
  const http = createHttpClient();
  return (via) => (via.kind === 'log' ? createLogNotifier(log) : createWebhookNotifier({ url: (notice) => addressOf(secrets, via.url, notice), http }));
}
