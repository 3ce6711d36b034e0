import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Resolve } from './guarded-lookup.js';
import { createHttpClient, type HttpClient } from './http-client.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serving(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  // A server that listens on a TCP port has this form of address.
  return (server.address() as AddressInfo).port;
}

function client(resolve?: Resolve): HttpClient {
  const made = createHttpClient(resolve ? { resolve } : {});
  closing.push(() => made.close());
  return made;
}

const leadingTo = (...addresses: string[]): Resolve => (_host, callback) =>
  callback(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
const get = (url: string) => ({ url, method: 'GET' as const, timeoutMs: 2_000 });

describe('the client for given URLs', () => {
  it('gives status, headers and text', async () => {
    const port = await serving((_request, response) => response.writeHead(418, { 'x-a': 'b' }).end('tea'));
    expect(await client().send(get(`http://127.0.0.1:${port}/`))).toMatchObject({ status: 418, headers: { 'x-a': 'b' }, text: 'tea' });
  });

  it('connects to the address that was judged', async () => {
    const port = await serving((request, response) => response.end(request.headers.host));
    expect((await client(leadingTo('127.0.0.1')).send(get(`http://hooks.example:${port}/`))).text).toBe(`hooks.example:${port}`);
  });

  it('refuses a name that leads to a metadata service, without connecting', async () => {
    await expect(client(leadingTo('169.254.169.254')).send(get('http://hooks.example/'))).rejects.toMatchObject({ code: 'URL_REFUSED' });
  });

  it('refuses a name of which one address is refused', async () => {
    await expect(client(leadingTo('127.0.0.1', 'fd00:ec2::254')).send(get('http://hooks.example/'))).rejects.toMatchObject({ code: 'URL_REFUSED' });
  });

  it('judges a name anew at each connection', async () => {
    const port = await serving((_request, response) => response.setHeader('connection', 'close').end());
    const answers = ['127.0.0.1', '169.254.169.254'];
    const fickle = client((host, callback) => leadingTo(answers.shift() ?? '')(host, callback));
    await fickle.send(get(`http://hooks.example:${port}/`));
    await expect(fickle.send(get(`http://hooks.example:${port}/`))).rejects.toMatchObject({ code: 'URL_REFUSED' });
  });

  it('follows no redirect', async () => {
    const port = await serving((_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end());
    expect((await client().send(get(`http://127.0.0.1:${port}/`))).status).toBe(302);
  });

  it('ends in time when nobody answers, and names no path', async () => {
    const port = await serving(() => undefined);
    const error: unknown = await client().send({ ...get(`http://127.0.0.1:${port}/s3cret`), timeoutMs: 100 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'HttpFailure' });
    expect(String(error)).not.toContain('s3cret');
  });

  it('ends in time when a look-up never ends', async () => {
    await expect(client(() => undefined).send({ ...get('http://hooks.example/'), timeoutMs: 100 })).rejects.toMatchObject({ name: 'HttpFailure' });
  });

  it('takes an answer that is too long as a failure', async () => {
    const port = await serving((_request, response) => response.end('x'.repeat(2_000)));
    await expect(client().send({ ...get(`http://127.0.0.1:${port}/`), maxBytes: 1_000 })).rejects.toMatchObject({ name: 'HttpFailure' });
  });

  it('rejects with the reason when it is aborted', async () => {
    const port = await serving(() => undefined);
    const abort = new AbortController();
    const reason = new Error('no longer wanted');
    const sending = client().send({ ...get(`http://127.0.0.1:${port}/`), signal: abort.signal });
    abort.abort(reason);
    await expect(sending).rejects.toBe(reason);
  });

  it('fails when nobody listens', async () => {
    await expect(client().send(get('http://127.0.0.1:1/'))).rejects.toMatchObject({ name: 'HttpFailure' });
  });
});
