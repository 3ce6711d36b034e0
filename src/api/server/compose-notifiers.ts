import type { Logger } from '../../domain/logger.js';
import type { NotifySpec } from '../../domain/service/environment.js';
import { createHttpClient } from '../../net/http-client.js';
import type { Notifier } from '../../notifiers/notifier.js';
import { receiverOf } from '../../notifiers/receiver-of.js';
import { createSecrets } from '../../secrets/secrets.js';

/** Receivers of the one notice that no worker can send: that a run is gone. Needs the same secrets as a worker. */
export function composeNotifiers(secretsFolder: string | undefined, log: Logger): (via: NotifySpec['via']) => Notifier {
  const secrets = createSecrets({ env: process.env, ...(secretsFolder !== undefined && { folder: secretsFolder }) });
  const http = createHttpClient();
  return (via) => receiverOf({ secrets, http, logger: log }, via);
}
