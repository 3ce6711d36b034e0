import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { serve, type Serving } from './serve.js';

const AT = { host: '127.0.0.1', port: 0 };

describe('serve', () => {
  it('lets a request in flight end when it stops, and takes no new one', async () => {
    const arrived = gate();
    const finish = gate();
    const serving = await serve((_request, response) => {
      arrived.open();
      void finish.opened.then(() => response.end('done'));
    }, AT);
    const answer = get(serving);
    await arrived.opened;
    const stopped = serving.stop(10_000);
    await expect(get(serving)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish.open();
    expect(await answer).toBe('done');
    await stopped;
  });

  it('cuts what does not end in time', async () => {
    const arrived = gate();
    const serving = await serve(() => arrived.open(), AT);
    const answer = get(serving);
    await arrived.opened;
    const refused = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    await serving.stop(50);
    await refused;
  });

  it('says that the port is taken', async () => {
    const serving = await serve((_request, response) => void response.end(), AT);
    await expect(serve(() => undefined, { ...AT, port: serving.port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await serving.stop(1_000);
  });
});

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => void (open = resolve));
  return { opened, open: () => open() };
}

function get({ port }: Serving): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: AT.host, port, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => void (text += chunk.toString())).on('end', () => resolve(text));
    });
    sent.on('error', reject).end();
  });
}
