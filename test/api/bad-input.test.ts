import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFINITION, problemPaths, startTestApi, type CallOptions, type TestApi } from './support.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.putCheckout();
});
afterAll(() => api.close());

const GOOD = { service: 'checkout', environment: 'production', version: 'v1' };
const environmentWith = (more: object): object => ({ ...DEFINITION, environments: { production: { ...DEFINITION.environments.production, ...more } } });
const canary = (...steps: object[]): object => environmentWith({ strategy: { canary: steps } });

type Case = readonly [name: string, method: string, path: string, options: CallOptions, status: number, code: string, at?: string];

const DEPLOYMENTS: readonly Case[] = [
  ['an unknown service', 'POST', '/deployments', { body: { ...GOOD, service: 'nobody' } }, 404, 'SERVICE_NOT_FOUND', '/service'],
  ['an unknown environment', 'POST', '/deployments', { body: { ...GOOD, environment: 'moon' } }, 404, 'ENVIRONMENT_NOT_FOUND', '/environment'],
  ['an unknown strategy', 'POST', '/deployments', { body: { ...GOOD, strategy: 'yolo' } }, 422, 'STRATEGY_UNKNOWN', '/strategy'],
  ['an unknown field', 'POST', '/deployments', { body: { ...GOOD, verison: 'v2' } }, 400, 'INVALID_REQUEST', '/verison'],
  ['a missing field', 'POST', '/deployments', { body: { environment: 'production' } }, 400, 'INVALID_REQUEST', '/service'],
  ['a version with shell characters', 'POST', '/deployments', { body: { ...GOOD, version: '$(rm -rf /)' } }, 400, 'INVALID_REQUEST', '/version'],
  ['a version that looks like a flag', 'POST', '/deployments', { body: { ...GOOD, version: '--help' } }, 400, 'INVALID_REQUEST', '/version'],
  ['a version of another type', 'POST', '/deployments', { body: { ...GOOD, version: 7 } }, 400, 'INVALID_REQUEST', '/version'],
  ['a reason with a null character', 'POST', '/deployments', { body: { ...GOOD, reason: 'a\u0000b' } }, 400, 'INVALID_REQUEST', '/reason'],
  ['a reason with half a character', 'POST', '/deployments', { text: '{"service":"checkout","environment":"production","reason":"\\ud800"}' }, 400, 'INVALID_REQUEST', '/reason'],
  ['a list as the body', 'POST', '/deployments', { body: [] }, 400, 'INVALID_REQUEST', ''],
  ['malformed JSON', 'POST', '/deployments', { text: '{"service": ' }, 400, 'MALFORMED_BODY', ''],
  ['a key that stands twice', 'POST', '/deployments', { text: '{"service":"a","service":"b"}' }, 400, 'MALFORMED_BODY', ''],
  ['a huge body', 'POST', '/deployments', { text: `{"reason":"${'x'.repeat(1_100_000)}"}` }, 413, 'BODY_TOO_LARGE'],
  ['a form', 'POST', '/deployments', { text: 'service=checkout', type: 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['YAML where JSON is asked for', 'POST', '/deployments', { text: 'service: checkout', type: 'application/yaml' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['an unusable idempotency key', 'POST', '/deployments', { body: GOOD, headers: { 'Idempotency-Key': 'a b' } }, 400, 'INVALID_REQUEST', '/header/idempotency-key'],
  ['an unknown query', 'POST', '/deployments?dryrun=true', { body: GOOD }, 400, 'INVALID_REQUEST', '/query/dryrun'],
  ['a limit that is none', 'GET', '/deployments?limit=0', {}, 400, 'INVALID_REQUEST', '/query/limit'],
  ['a limit given twice', 'GET', '/deployments?limit=1&limit=2', {}, 400, 'INVALID_REQUEST', '/query/limit'],
  ['a foreign cursor', 'GET', '/deployments?cursor=abc', {}, 400, 'INVALID_REQUEST', '/cursor'],
  ['an unknown phase', 'GET', '/deployments?phase=done', {}, 400, 'INVALID_REQUEST', '/query/phase'],
  ['an id that is none', 'GET', '/deployments/17', {}, 400, 'INVALID_REQUEST', '/path/id'],
  ['a broken escape in the path', 'GET', '/deployments/%zz', {}, 400, 'INVALID_REQUEST'],
  ['a wait without a unit', 'GET', '/deployments/01JD0000000000000000000000?until=ended&wait=5', {}, 400, 'INVALID_REQUEST', '/query/wait'],
  ['a wait in parsecs', 'GET', '/deployments/01JD0000000000000000000000?until=ended&wait=5%20parsecs', {}, 400, 'INVALID_REQUEST', '/query/wait'],
  ['an unknown milestone', 'GET', '/deployments/01JD0000000000000000000000?until=noon', {}, 400, 'INVALID_REQUEST', '/query/until'],
  ['an approval without a gate', 'POST', '/deployments/01JD0000000000000000000000/approve', { body: {} }, 400, 'INVALID_REQUEST', '/gate'],
  ['an unknown slot', 'POST', '/deployments/01JD0000000000000000000000/resolve', { body: { slot: 'red' } }, 400, 'INVALID_REQUEST'],
  ['an unknown route', 'GET', '/deployment', {}, 404, 'ROUTE_NOT_FOUND'],
  ['a method the route does not take', 'PATCH', '/deployments', {}, 405, 'METHOD_NOT_ALLOWED'],
];

const DEFINITIONS: readonly Case[] = [
  ['a definition with an unknown key', 'PUT', '/services/checkout', { body: { ...DEFINITION, enviroments: {} } }, 422, 'DEFINITION_INVALID', '/enviroments'],
  ['a definition of another service', 'PUT', '/services/cart', { body: DEFINITION }, 422, 'DEFINITION_INVALID', '/service'],
  ['shares that do not rise', 'PUT', '/services/checkout', { body: canary({ traffic: '50%', bake: '1s' }, { traffic: '10%', bake: '1s' }) }, 422, 'DEFINITION_INVALID', '/environments/production/strategy/canary/1/traffic'],
  ['a share above 100 %', 'PUT', '/services/checkout', { body: canary({ traffic: '150%', bake: '1s' }) }, 422, 'DEFINITION_INVALID', '/environments/production/strategy/canary/0/traffic'],
  ['a canary without steps', 'PUT', '/services/checkout', { body: canary() }, 422, 'DEFINITION_INVALID', '/environments/production/strategy/canary'],
  ['a bake of 5 parsecs', 'PUT', '/services/checkout', { body: canary({ traffic: '10%', bake: '5 parsecs' }) }, 422, 'DEFINITION_INVALID', '/environments/production/strategy/canary/0/bake'],
  ['malformed YAML', 'PUT', '/services/checkout', { text: 'a: [1', type: 'application/yaml' }, 400, 'MALFORMED_BODY', ''],
  ['no body', 'PUT', '/services/checkout', {}, 422, 'DEFINITION_INVALID'],
  ['a name that is none', 'PUT', '/services/Checkout!', { body: DEFINITION }, 400, 'INVALID_REQUEST', '/path/service'],
  ['an `If-Match` that is no tag', 'PUT', '/services/checkout', { body: DEFINITION, headers: { 'If-Match': '3' } }, 400, 'INVALID_REQUEST', '/header/if-match'],
];

// A test function of one parameter more than the row has would be given a callback.
const cases = [...DEPLOYMENTS, ...DEFINITIONS].map(([name, method, path, options, status, code, at]) => [name, method, path, options, status, code, at ?? null] as const);

describe('bad input', () => {
  it.each(cases)('%s is refused by code and place', async (_, method, path, options, status, code, at) => {
    const answer = await api.call(method, `/api/v1${path}`, options);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    if (at !== null) expect(problemPaths(answer)).toContain(at);
  });

  it('is told whole, not one problem at a time', async () => {
    const answer = await api.call('POST', '/api/v1/deployments?limit=1', { body: { service: 'A', version: '-x' } });
    expect(problemPaths(answer).toSorted()).toEqual(['/environment', '/query/limit', '/service', '/version']);
  });

  it('comes with the nearest known key', async () => {
    const { body } = await api.call('POST', '/api/v1/deployments', { body: { ...GOOD, verison: 'v2' } });
    expect(body['errors']).toMatchObject([{ path: '/verison', hint: expect.stringContaining('version') }]);
  });

  it('names the methods a route takes', async () => {
    expect((await api.call('PATCH', '/api/v1/deployments')).headers.get('allow')).toBe('POST, GET');
  });

  it('never echoes a key into the log', async () => {
    await api.call('GET', '/api/v1/services', { key: 'slp_wrong_secret' });
    expect(JSON.stringify(api.logged)).not.toContain('slp_');
  });
});

describe('without a valid key', () => {
  it.each([[null], ['wrong'], ['']])('%p is refused before the body is read', async (key) => {
    const { status, body, headers } = await api.call('POST', '/api/v1/deployments', { text: '{', key });
    expect([status, body['code']]).toEqual([401, 'UNAUTHENTICATED']);
    expect(headers.get('www-authenticate')).toContain('Bearer');
  });
});
