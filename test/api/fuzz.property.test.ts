import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ERRORS } from '../../src/domain/errors.js';
import { aBackup, ADDRESS, post, putOwner } from './backup-support.js';
import { DEFINITION, KEY, startTestApi, type TestApi } from './support.js';

let api: TestApi;
let ids: Readonly<Record<string, string>>;
beforeAll(async () => {
  api = await startTestApi();
  await putOwner(api);
  const [live, backup] = [await api.deploy('v1'), await aBackup(api)];
  const { body } = await post(api, '/restores', ADDRESS);
  ids = { '<live>': live, '<backup>': backup, '<restore>': String(body['id']) };
});
afterAll(() => api.close());

const PATHS = [
  '/services', '/services/{service}', '/services/{service}/revisions', '/services/{service}/environments/{environment}', '/deployments', '/deployments/{id}',
  '/backup-sources', '/backup-sources/{service}/{environment}/{source}', '/backup-sources/{service}/{environment}/{source}/retention', '/backups', '/backups/{id}', '/backups/{id}/verify',
  '/backups/{id}/hold', '/restores', '/restores/{id}', '/drills', '/drills/{id}', ...['pause', 'resume', 'approve', 'reject', 'abort', 'skip', 'resolve'].map((kind) => `/restores/{id}/${kind}`),
  '/deployments/{id}/events', '/deployments/{id}/undo', ...['pause', 'resume', 'approve', 'reject', 'abort', 'promote', 'skip', 'resolve'].map((kind) => `/deployments/{id}/${kind}`),
];

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('checkout', 'production', 'v1', '', '0', '-1', 'true', '5s', '%', '..', '__proto__', '\u0000', '\ud800'));
const word = fc.oneof(text, fc.constantFrom('<live>', '<backup>', '<restore>', 'orders'));
const keys = fc.constantFrom('service', 'environment', 'version', 'strategy', 'reason', 'force', 'gate', 'step', 'slot', 'drop', 'limit', 'cursor', 'until', 'wait', 'after', 'dryRun', 'resolved', 'release', 'live', 'phase', 'constructor', 'source', 'backup', 'before', 'deployment', 'swap', 'plan', 'state', 'usable');
const json = fc.oneof(
  fc.dictionary(keys, fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }))),
  fc.record({ service: fc.constantFrom('checkout', 'x'), environment: fc.constant('production'), source: fc.constantFrom('orders', 'x'), swap: fc.boolean(), reason: text }, { requiredKeys: [] }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.jsonValue({ maxDepth: 2 }).map((environments) => ({ ...DEFINITION, environments })),
  fc.jsonValue({ maxDepth: 2 }).map((strategy) => ({ ...DEFINITION, environments: { production: { ...DEFINITION.environments.production, strategy } } })),
);
const body = fc.oneof(json.map((value) => JSON.stringify(value)), text, fc.constantFrom('{', '[[', 'a: &a [*a]', '{"a":1,"a":2}', `${'['.repeat(50_000)}`, '{"version":1e999}'));
const header = fc.string({ unit: fc.constantFrom('a', '"', '1', '*', ' ', ';', '/', 'ÿ'), maxLength: 12 });

const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
  path: fc.constantFrom(...PATHS),
  words: fc.array(word, { minLength: 3, maxLength: 3 }),
  query: fc.dictionary(keys, text, { maxKeys: 3 }),
  type: fc.constantFrom('application/json', 'application/yaml', 'text/yaml', 'text/plain', 'application/json; charset=utf-8', 'application/json; charset=nope'),
  headers: fc.record({ 'idempotency-key': header, 'if-match': header, 'last-event-id': header, 'x-request-id': header, 'content-encoding': fc.constantFrom('identity', 'gzip', 'br') }, { requiredKeys: [] }),
  body,
});

describe('whatever is sent', () => {
  it('is never answered by a failure of ours, and every refusal has a code of the registry', async () => {
    await fc.assert(fc.asyncProperty(requests, async ({ method, path, words, query, type, headers, body: content }) => {
      let index = 0;
      const filled = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(wellFormed(meantBy(words[index++] ?? ''))) || 'x');
      const search = new URLSearchParams(Object.entries(query)).toString();
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const response = await fetch(`${api.url}/api/v1${filled}?${search}`, {
        method, headers: { authorization: `Bearer ${KEY}`, 'content-type': type, ...headers }, ...(hasBody && { body: content }), signal: AbortSignal.timeout(60_000),
      });
      const answer = await response.text();
      expect(response.status).toBeLessThan(500);
      if (response.status < 400 || method === 'HEAD') return;
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      const { code, status } = JSON.parse(answer) as { code: string; status: number };
      expect([Object.hasOwn(ERRORS, code), status]).toEqual([true, response.status]);
    }), { numRuns: 1_000 });
  }, 240_000);
});

function meantBy(word: string): string {
  return Object.hasOwn(ids, word) ? (ids[word] ?? '') : word;
}

/** encodeURIComponent throws at half a character. */
function wellFormed(value: string): string {
  return value.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
