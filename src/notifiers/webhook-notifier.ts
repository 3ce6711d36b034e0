import { createHash } from 'node:crypto';
import { isSlipwayError, messageOf, SlipwayError } from '../domain/errors.js';
import type { HttpAnswer, HttpClient } from '../net/http-client.js';
import type { Notice, Notifier } from './notifier.js';
import { retryAfterMs } from './retry-after.js';
import { signatureHeaders } from './webhook-signature.js';

export interface WebhookNotifierOptions {
  /** Asked for at each notice, because it may be a secret or have placeholders. */
  readonly url: (notice: Notice) => Promise<string>;
  /** Signs what is sent, where there is one. */
  readonly secret?: () => Promise<string>;
  /** @default 10 s */
  readonly timeoutMs?: number;
  readonly http: HttpClient;
  /** @default Date.now */
  readonly now?: () => number;
}

const ANSWER_LIMIT_BYTES = 65_536;

/** Posts notices as JSON. Each has an `Idempotency-Key`, the same at every attempt, so that a receiver can drop what it has. */
export function createWebhookNotifier({ url, secret, timeoutMs = 10_000, http, now = Date.now }: WebhookNotifierOptions): Notifier {
  async function send(notice: Notice, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const body = JSON.stringify(notice);
    const key = createHash('sha256').update(body).digest('hex');
    const signed = secret ? signatureHeaders(await secret(), { id: key, atMs: now(), body }) : {};
    const headers = { ...signed, 'content-type': 'application/json', 'idempotency-key': key };
    return http.send({ url: await url(notice), method: 'POST', headers, body, timeoutMs, maxBytes: ANSWER_LIMIT_BYTES, ...(signal ? { signal } : {}) });
  }

  return {
    async notify(notice, signal) {
      signal?.throwIfAborted();
      const answer = await send(notice, signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        if (isSlipwayError(error)) throw error;
        throw new SlipwayError('NOTIFY_FAILED', `The notice ${notice.kind} was not delivered: ${messageOf(error)}.`, { cause: error });
      });
      judge(notice, answer, now());
    },
  };
}

/** 2xx is delivered; what may pass is worth another attempt; every other status, redirects too, is a refusal. */
function judge({ kind }: Notice, { status, headers }: HttpAnswer, nowMs: number): void {
  if (status >= 200 && status < 300) return;
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) throw new SlipwayError('NOTIFY_REFUSED', `The receiver answered the notice ${kind} with status ${status}.`);
  const after = retryAfterMs(headers['retry-after'], nowMs);
  throw new SlipwayError('NOTIFY_FAILED', `The receiver answered the notice ${kind} with status ${status}.`, after === undefined ? {} : { retryAfterMs: after });
}
