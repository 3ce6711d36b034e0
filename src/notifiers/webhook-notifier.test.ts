import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHttpClient } from '../net/http-client.js';
import { EXAMPLE_NOTICE, notifierContract } from './contract.js';
import type { Notice } from './notifier.js';
import { createWebhookNotifier, type WebhookNotifierOptions } from './webhook-notifier.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function receiver(more: Partial<WebhookNotifierOptions> = {}) {
  const received: Received[] = [];
  let answer: { status: number; headers: Record<string, string> } = { status: 204, headers: {} };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk)).on('end', () => {
      if (answer.status < 300) received.push({ headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpClient();
  // A server that listens on a TCP port has this form of address.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/s3cret`;
  const close = async () => {
    await http.close();
    await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  };
  const become = (status: number, headers: Record<string, string> = {}) => void (answer = { status, headers });
  return { notifier: createWebhookNotifier({ url: async () => url, http, ...more }), url, http, received, become, close };
}

notifierContract('the webhook', 'remote', async () => {
  const scene = await receiver();
  // Only notices are sent there.
  const delivered = () => scene.received.map(({ body }) => JSON.parse(body) as Notice);
  return { ...scene, delivered, become: (state) => scene.become(state === 'down' ? 503 : 400) };
});

describe('the webhook', () => {
  let scene: Awaited<ReturnType<typeof receiver>>;
  afterEach(() => scene.close());

  it('sends the same idempotency key for the same notice, and another for another', async () => {
    scene = await receiver();
    for (const notice of [EXAMPLE_NOTICE, EXAMPLE_NOTICE, { ...EXAMPLE_NOTICE, at: '2026-01-02T03:04:06.000Z' }]) await scene.notifier.notify(notice);
    const [first, second, third] = scene.received.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect([second === first, third === first]).toEqual([true, false]);
  });

  it('signs what it sends, so that a receiver can prove where it comes from', async () => {
    scene = await receiver({ secret: async () => 'whsec_c2VjcmV0', now: () => 1_700_000_000_500 });
    await scene.notifier.notify(EXAMPLE_NOTICE);
    const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = scene.received;
    expect(headers['webhook-timestamp']).toBe('1700000000');
    const expected = createHmac('sha256', 'secret').update(`${String(headers['webhook-id'])}.1700000000.${body}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it.each([[500, 'NOTIFY_FAILED'], [429, 'NOTIFY_FAILED'], [408, 'NOTIFY_FAILED'], [400, 'NOTIFY_REFUSED'], [404, 'NOTIFY_REFUSED'], [410, 'NOTIFY_REFUSED'], [302, 'NOTIFY_REFUSED']])(
    'takes status %d as %s', async (status, code) => {
      scene = await receiver();
      scene.become(status);
      await expect(scene.notifier.notify(EXAMPLE_NOTICE)).rejects.toMatchObject({ code });
    },
  );

  it.each([['7', 7_000], ['Tue, 14 Nov 2023 22:13:30 GMT', 10_000], ['soon', undefined], ['999999', 3_600_000]])('passes on how long to wait: %s', async (header, retryAfterMs) => {
    scene = await receiver({ now: () => 1_700_000_000_000 });
    scene.become(429, { 'retry-after': header });
    await expect(scene.notifier.notify(EXAMPLE_NOTICE)).rejects.toMatchObject({ code: 'NOTIFY_FAILED', retryAfterMs });
  });

  it('names no address when it fails, for that may be a secret', async () => {
    scene = await receiver({ timeoutMs: 50, url: async () => 'http://127.0.0.1:1/hooks/s3cret' });
    const error: unknown = await scene.notifier.notify(EXAMPLE_NOTICE).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'NOTIFY_FAILED' });
    expect(String(error)).not.toContain('s3cret');
  });

  it('refuses an address that is never called', async () => {
    scene = await receiver({ url: async () => 'http://169.254.169.254/' });
    await expect(scene.notifier.notify(EXAMPLE_NOTICE)).rejects.toMatchObject({ code: 'URL_REFUSED' });
  });
});
