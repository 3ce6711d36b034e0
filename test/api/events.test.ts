import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { until } from '../support/until.js';
import { KEY, startTestApi, type TestApi } from './support.js';

let api: TestApi;
let id: string;
const streams: Stream[] = [];
beforeEach(async () => {
  api = await startTestApi();
  await api.putCheckout();
  id = await api.deploy('v1');
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.leave();
  await api.close();
});

const path = () => `/api/v1/deployments/${id}/events`;
const append = (kind: string) => api.stores.events.append([{ key: `${kind}.1.1`, deployment: id, kind, at: new Date().toISOString(), text: kind, data: { line: 'a\nb' } }]);

describe('GET /deployments/{id}/events', () => {
  it('lists events page by page, oldest first', async () => {
    await append('launched');
    await append('shifted');
    const first = await api.call('GET', `${path()}?limit=1`);
    expect(first.body).toMatchObject({ items: [{ kind: 'launched', deployment: id }] });
    const rest = await api.call('GET', `${path()}?after=${String(first.body['next'])}`);
    expect(rest.body).toMatchObject({ items: [{ kind: 'shifted' }], next: null });
  });

  it('streams what was, then what comes, and ends with the deployment', async () => {
    await append('launched');
    const stream = await follow();
    expect(stream.contentType).toContain('text/event-stream');
    expect(await until(() => stream.kinds.includes('launched'))).toBe(true);
    await append('shifted');
    await api.succeed(id);
    expect(await until(() => stream.ended)).toBe(true);
    expect(stream.kinds).toEqual(['launched', 'shifted']);
    expect(JSON.parse(stream.messages[0]?.data ?? '')).toMatchObject({ kind: 'launched', data: { line: 'a\nb' } });
  });

  it('goes on after the last event a reader has seen', async () => {
    await append('launched');
    await append('shifted');
    const first = await follow();
    expect(await until(() => first.kinds.length === 2)).toBe(true);
    const again = await follow({ 'Last-Event-ID': String(first.messages[0]?.id) });
    expect(await until(() => again.kinds.length === 1)).toBe(true);
    expect(again.kinds).toEqual(['shifted']);
  });

  it('tells a reader that comes back after the end to stay away', async () => {
    await append('launched');
    await api.succeed(id);
    const [last] = await api.stores.events.after(id, 0, 10);
    const { status } = await api.call('GET', path(), { headers: { Accept: 'text/event-stream', 'Last-Event-ID': String(last?.sequence) } });
    expect(status).toBe(204);
  });

  it('ends when the process closes', async () => {
    const stream = await follow();
    api.closing.abort();
    expect(await until(() => stream.ended)).toBe(true);
  });

  it('does not know what was never requested', async () => {
    id = '01JD0000000000000000000000';
    expect((await api.call('GET', path(), { headers: { Accept: 'text/event-stream' } })).body['code']).toBe('DEPLOYMENT_NOT_FOUND');
  });
});

interface Stream { readonly contentType: string; readonly messages: EventSourceMessage[]; readonly kinds: string[]; ended: boolean; leave(): void }

async function follow(headers: Record<string, string> = {}): Promise<Stream> {
  const leaving = new AbortController();
  const response = await fetch(api.url + path(), { headers: { accept: 'text/event-stream', authorization: `Bearer ${KEY}`, ...headers }, signal: leaving.signal });
  const messages: EventSourceMessage[] = [];
  const kinds: string[] = [];
  const stream: Stream = { contentType: response.headers.get('content-type') ?? '', messages, kinds, ended: false, leave: () => leaving.abort() };
  const parser = createParser({ onEvent: (message) => { messages.push(message); kinds.push(message.event ?? ''); } });
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) parser.feed(new TextDecoder().decode(chunk));
  };
  void read().catch(() => undefined).finally(() => void (stream.ended = true));
  streams.push(stream);
  return stream;
}
