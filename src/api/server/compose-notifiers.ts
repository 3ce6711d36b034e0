import type { Logger } from '../../domain/logger.js';
import type { NotifySpec, TextOrSecret } from '../../domain/service/environment.js';
import { createHttpClient } from '../../net/http-client.js';
import { createLogNotifier } from '../../notifiers/log-notifier.js';
import type { Notifier } from '../../notifiers/notifier.js';
import { createWebhookNotifier } from '../../notifiers/webhook-notifier.js';
import { createSecrets, type Secrets } from '../../secrets/secrets.js';

/** Receivers of the one notice that no worker can send: that a run is gone. Needs the same secrets as a worker. */
export function composeNotifiers(secretsFolder: string | undefined, log: Logger): (via: NotifySpec['via']) => Notifier {
  const secrets = createSecrets({ env: process.env, ...(secretsFolder !== undefined && { folder: secretsFolder }) });
  const http = createHttpClient();
  return (via) => (via.kind === 'log' ? createLogNotifier(log) : createWebhookNotifier({ url: () => textOf(secrets, via.url), http }));
}

async function textOf(secrets: Secrets, value: TextOrSecret): Promise<string> {
  return 'text' in value ? value.text : secrets.resolve(value.secret);
}
