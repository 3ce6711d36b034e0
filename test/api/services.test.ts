import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { DEFINITION, problemPaths, startTestApi, type TestApi } from './support.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi({ now: () => NOW });
});
afterEach(() => api.close());

const NOW = Date.UTC(2030, 0, 1);
const PATH = '/api/v1/services/checkout';
const PRODUCTION = `${PATH}/environments/production`;
const put = (body: object, headers: Record<string, string> = {}) => api.call('PUT', PATH, { body, headers });
const changed = { ...DEFINITION, owner: 'payments' };

describe('PUT /services/{service}', () => {
  it('creates, then changes, then leaves as it is', async () => {
    const created = await put(DEFINITION);
    expect([created.status, created.headers.get('etag'), created.body['revision']]).toEqual([201, '"1"', 1]);
    const second = await put(changed);
    expect([second.status, second.headers.get('etag')]).toEqual([200, '"2"']);
    expect((await put(changed)).headers.get('etag')).toBe('"2"');
  });

  it('takes YAML', async () => {
    const { status } = await api.call('PUT', PATH, { text: stringify(DEFINITION), type: 'application/yaml' });
    expect(status).toBe(201);
    expect((await api.call('GET', PATH)).body).toMatchObject({ definition: DEFINITION });
  });

  it('refuses a change that starts from an older revision', async () => {
    await put(DEFINITION);
    await put(changed, { 'If-Match': '"1"' });
    const { status, body } = await put(DEFINITION, { 'If-Match': '"1"' });
    expect([status, body['code']]).toEqual([412, 'PRECONDITION_FAILED']);
  });

  it('refuses to create what is there', async () => {
    await put(DEFINITION);
    expect((await put(changed, { 'If-None-Match': '*' })).body['code']).toBe('PRECONDITION_FAILED');
  });

  it('shows the difference of a dry run and changes nothing', async () => {
    await put(DEFINITION);
    const { body } = await api.call('PUT', `${PATH}?dryRun=true`, { body: changed });
    expect(body).toMatchObject({ service: 'checkout', revision: 1, changes: [{ path: '/owner', after: 'payments' }] });
    expect((await api.call('GET', PATH)).body['revision']).toBe(1);
  });

  it('refuses a router entry that another service has', async () => {
    const other = { ...DEFINITION, service: 'cart', environments: { production: { ...DEFINITION.environments.production, router: { use: 'edge', backend: 'checkout-production' } } } };
    await put(DEFINITION);
    for (const query of ['?dryRun=true', '']) expect((await api.call('PUT', `/api/v1/services/cart${query}`, { body: other })).body['code']).toBe('ROUTER_ENTRY_TAKEN');
  });
});

describe('GET /services', () => {
  it('lists services and their revisions', async () => {
    await put(DEFINITION);
    await put(changed);
    expect((await api.call('GET', '/api/v1/services')).body).toMatchObject({ items: [{ service: 'checkout', revision: 2 }], next: null });
    expect((await api.call('GET', `${PATH}/revisions`)).body).toMatchObject({ items: [{ revision: 2 }, { revision: 1 }] });
  });

  it('does not know what was never put', async () => {
    const { status, body } = await api.call('GET', PATH);
    expect([status, body['code'], body['errors']]).toEqual([404, 'SERVICE_NOT_FOUND', [expect.objectContaining({ path: '/service' })]]);
  });
});

describe('environments', () => {
  it('show what is live, with its age', async () => {
    await put(DEFINITION);
    const first = await api.deploy('v1');
    await api.succeed(first);
    const second = await api.deploy('v2');
    await api.stores.observations.observe([{
      service: 'checkout', environment: 'production', routerInstance: 'a', entry: '-', split: { blue: 9_000, green: 1_000 },
      health: { stable: 'healthy', candidate: 'healthy' }, at: new Date(NOW - 6_000).toISOString(),
    }]);
    const { body } = await api.call('GET', PRODUCTION);
    expect(body).toMatchObject({
      stable: { version: 'v1', deployment: first, slot: 'blue' }, live: { id: second, status: { phase: 'preparing' } },
      observed: [{ routerInstance: 'a', split: { green: 1_000 } }],
    });
    expect(body['observed']).toEqual([expect.objectContaining({ ageMs: 6_000 })]);
  });

  it('show where each key comes from', async () => {
    await put(DEFINITION);
    const { body } = await api.call('GET', `${PRODUCTION}?resolved=true`);
    expect(body).toMatchObject({ value: { target: { instances: 2 } }, origins: { '/target/instances': 'environment' } });
  });

  it('are not forgotten by leaving them out while something is live in them', async () => {
    await put(DEFINITION);
    const id = await api.deploy('v1');
    const without = { service: 'checkout', environments: { staging: DEFINITION.environments.production } };
    expect((await put(without)).body['code']).toBe('DEPLOYMENT_LIVE');
    await api.succeed(id);
    const refused = await put(without);
    expect([refused.body['code'], problemPaths(refused)]).toEqual(['ENVIRONMENT_SERVES', ['/environments/production']]);
    expect((await api.call('GET', PRODUCTION)).body).toMatchObject({ stable: { version: 'v1' } });
  });

  it('keep their router entry while a release serves behind it', async () => {
    await put(DEFINITION);
    await api.succeed(await api.deploy('v1'));
    const { production } = DEFINITION.environments;
    const moved = { ...DEFINITION, environments: { ...DEFINITION.environments, production: { ...production, router: { ...production.router, backend: 'elsewhere' } } } };
    const refused = await put(moved);
    expect([refused.body['code'], problemPaths(refused)]).toEqual(['ENVIRONMENT_SERVES', ['/environments/production/router']]);
  });

  it('are forgotten by leaving them out when nothing ever ran in them', async () => {
    await put({ ...DEFINITION, environments: { ...DEFINITION.environments, staging: DEFINITION.environments.production } });
    expect((await put(DEFINITION)).status).toBe(200);
  });

  it('are forgotten only when nothing is live in them, or by wish', async () => {
    await put(DEFINITION);
    const id = await api.deploy('v1');
    expect((await api.call('DELETE', PRODUCTION)).body['code']).toBe('DEPLOYMENT_LIVE');
    await api.succeed(id);
    expect((await api.call('DELETE', PRODUCTION)).body['code']).toBe('ENVIRONMENT_SERVES');
    expect((await api.call('DELETE', `${PRODUCTION}?release=true`)).status).toBe(204);
    expect((await api.call('GET', PATH)).status).toBe(404);
  });
});
