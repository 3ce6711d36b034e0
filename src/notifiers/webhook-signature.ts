import { createHmac } from 'node:crypto';

export interface Signed {
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks 1.0: `v1,<base64 HMAC-SHA256 of id.timestamp.body>`. A receiver recomputes it and refuses old timestamps.
 *
 * @param secret `whsec_` and base64, or any other text as it is.
 */
export function signatureHeaders(secret: string, { id, atMs, body }: Signed): Record<string, string> {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const timestamp = String(Math.floor(atMs / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
