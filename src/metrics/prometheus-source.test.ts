import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { prometheusIsThere, type RunningPrometheus, startPrometheus } from '../../test/support/programs/prometheus.js';
import { until } from '../../test/support/until.js';
import { fillQuery } from '../domain/service/placeholders.js';
import { createHttpClient } from '../net/http-client.js';
import { metricSourceContract } from './contract.js';
import { createPrometheusSource } from './prometheus-source.js';

const http = createHttpClient();
afterAll(() => http.close());

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function answering(listener: RequestListener, timeoutMs = 2_000) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));
  // A server that listens on a TCP port has this form of address.
  return createPrometheusSource({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`, timeoutMs, http, headers: { authorization: 'Bearer t' } });
}

const vector = (...values: string[]) => JSON.stringify({ status: 'success', data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) } });

describe('the Prometheus source', () => {
  it('posts the query with its headers below the path of the server', async () => {
    const seen: unknown[] = [];
    const source = await answering((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk)).on('end', () => {
        seen.push([request.method, request.url, request.headers.authorization, new URLSearchParams(body).get('query')]);
        response.end(vector('1'));
      });
    });
    await source.query('sum(x{a="&+"})');
    expect(seen).toEqual([['POST', '/prefix/api/v1/query', 'Bearer t', 'sum(x{a="&+"})']]);
  });

  it('takes infinity as a number that survives JSON', async () => {
    const source = await answering((_request, response) => response.end(vector('+Inf')));
    expect(await source.query('x')).toEqual({ value: Number.MAX_VALUE });
  });

  it.each([
    ['more than one series', 200, vector('1', '2')],
    ['a range', 200, JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } })],
    ['something else', 200, '<html>'],
    ['an error of a proxy', 502, 'bad gateway'],
    ['a redirect', 302, ''],
    ['the answer of a server that is not ready', 503, vector('1')],
    ['an answer that was not found', 404, vector('1')],
    ['a refusal with an answer in it', 422, vector('1')],
    ['an answer that may lack data', 200, JSON.stringify({ ...JSON.parse(vector('1')), warnings: ['store is away'] })],
  ])('fails by code on %s', async (_what, status, body) => {
    const source = await answering((_request, response) => response.writeHead(status).end(body));
    await expect(source.query('x')).rejects.toMatchObject({ code: 'METRIC_UNAVAILABLE' });
  });

  it('fails by code when the server does not answer in time', async () => {
    const source = await answering(() => undefined, 100);
    await expect(source.query('x')).rejects.toMatchObject({ code: 'METRIC_UNAVAILABLE' });
  });

  it('fails by its own code when the address may not be called', async () => {
    const source = createPrometheusSource({ url: 'http://169.254.169.254', timeoutMs: 100, http });
    await expect(source.query('x')).rejects.toMatchObject({ code: 'URL_REFUSED' });
  });
});

if (!prometheusIsThere) {
  it('needs the program prometheus for its tests with a real server', () => {
    if (process.env['CI'] === 'true') throw new Error('prometheus is not installed');
    process.stderr.write('skipped: prometheus is not installed\n');
  });
} else {
  describe('with a real server', () => {
    let server: RunningPrometheus;
    beforeAll(async () => {
      server = await startPrometheus();
    }, 30_000);
    afterAll(() => server.stop());

    metricSourceContract('the Prometheus source', async () => ({
      source: createPrometheusSource({ url: server.url, timeoutMs: 5_000, http }),
      quarter: 'vector(1) / 4', zero: '0', empty: 'no_such_series', notANumber: 'vector(0) / 0', refused: 'sum(', close: async () => undefined,
    }));

    it('never lets a filled in value change the query', async () => {
      const source = createPrometheusSource({ url: server.url, timeoutMs: 5_000, http });
      expect(await until(async () => (await source.query('sum(up)')).value === 1, 15_000)).toBe(true);
      for (const quote of ['"', "'"]) {
        const query = `count(up{job=${quote}\${version}${quote}})`;
        expect(await source.query(fillQuery(query, { version: 'self' }))).toEqual({ value: 1 });
        expect(await source.query(fillQuery(query, { version: `x${quote}} or up{job!=${quote}` }))).toEqual({});
        expect(await source.query(fillQuery(query, { version: '\\' }))).toEqual({});
      }
    }, 30_000);
  });
}
