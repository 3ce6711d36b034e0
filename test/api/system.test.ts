import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { ERRORS } from '../../src/domain/errors.js';
import { aBackup, aVerifiedEnd } from '../../src/store/contract/backup-samples.js';
import { startTestApi, type TestApi } from './support.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.putCheckout();
});
afterAll(() => api.close());

const open = (path: string) => api.call('GET', path, { key: null });

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { status, body } = await open('/openapi.json');
    const result = await new Validator().validate(body);
    expect([status, result.errors ?? null, result.valid]).toEqual([200, null, true]);
    expect(body['openapi']).toBe('3.1.0');
  });

  it('describes exactly what is mounted', async () => {
    const { body } = await open('/openapi.json');
    for (const [path, methods] of Object.entries(Object(body['paths']) as Record<string, object>)) {
      const at = `/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`;
      const { status, headers } = await api.call('PATCH', at);
      expect([path, status]).toEqual([path, 405]);
      expect(headers.get('allow')?.toLowerCase().split(', ').toSorted()).toEqual(Object.keys(methods).toSorted());
    }
  });

  it('names only codes of the registry', async () => {
    const codes = (await open('/openapi.json')).text.match(/`[A-Z][A-Z_]{4,}`/g) ?? [];
    expect(codes.length).toBeGreaterThan(20);
    for (const code of codes) expect(Object.hasOwn(ERRORS, code.slice(1, -1))).toBe(true);
  });
});

describe('/docs', () => {
  it('needs no key and runs nothing inline or from elsewhere', async () => {
    const { status, headers, text } = await open('/docs');
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(text).not.toMatch(/https?:\/\/|<script>|style=/);
  });

  it.each(['/docs/start.js', '/docs/assets/swagger-ui-bundle.js', '/docs/assets/swagger-ui.css'])('serves %s', async (path) => {
    expect((await open(path)).status).toBe(200);
  });
});

describe('/schemas', () => {
  it('serves what it has', async () => {
    const { status, headers } = await open('/schemas/service.json');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('application/schema+json')]);
  });

  it.each(['/schemas/other.json', '/schemas/__proto__', '/errors/NOPE'])('knows no %s', async (path) => {
    expect((await open(path)).body['code']).toBe('ROUTE_NOT_FOUND');
  });
});

describe('/errors/{code}', () => {
  it('is where the type of a problem leads', async () => {
    const { body } = await api.call('GET', '/api/v1/services/nobody');
    expect((await open(String(body['type']))).body).toMatchObject({ code: 'SERVICE_NOT_FOUND', status: 404, retryable: false });
  });
});

describe('/readyz', () => {
  it('is ready when nothing is missing', async () => {
    expect((await open('/readyz')).body).toMatchObject({ ready: true, missing: {} });
  });

  it('says what is missing', async () => {
    api.runs.set('away');
    const { status, body } = await open('/readyz');
    api.runs.set('back');
    expect([status, body]).toMatchObject([503, { ready: false, missing: { temporal: expect.any(String) } }]);
  });
});

describe('/metrics', () => {
  it('counts outcomes, breaches and the split, as the database has them', async () => {
    await api.succeed(await api.deploy('v1'));
    await api.stores.observations.observe([{
      service: 'checkout', environment: 'production', routerInstance: 'a', entry: '-', split: { blue: 7_500, green: 2_500 }, health: { stable: 'healthy', candidate: 'healthy' }, at: new Date().toISOString(),
    }]);
    const { text } = await open('/metrics');
    expect(text).toContain('slipway_deployments_total{service="checkout",environment="production",strategy="canary",outcome="succeeded"} 1');
    expect(text).toContain('slipway_split_ratio{service="checkout",environment="production",router_instance="a",slot="green"} 0.25');
    expect(text).toContain('slipway_breach_to_zero_seconds_bucket{le="+Inf"} 0');
    expect(text).toContain('slipway_database_up 1');
  });

  it('shows how old and how big the backups of a source are, as the database has them', async () => {
    const backup = aBackup('shop');
    await api.stores.services.put({ service: 'shop', definition: {}, by: 'ada', entries: [], sources: [{ environment: 'production', source: 'orders', place: '/srv/shop', maxAgeMs: 60_000 }] });
    await api.stores.backups.request(backup);
    await api.stores.backups.record(aVerifiedEnd(backup));
    await api.stores.backups.proven(backup.id, '2026-01-02T00:00:00.000Z');
    const { text } = await open('/metrics');
    const labels = 'service="shop",environment="production",source="orders"';
    expect(text).toContain(`slipway_backup_last_verified_timestamp_seconds{${labels}} 1767225601`);
    expect(text).toContain(`slipway_backup_last_proven_restore_timestamp_seconds{${labels}} 1767312000`);
    expect(text).toContain(`slipway_backup_last_size_bytes{${labels}} 5000000000`);
    expect(text).toContain(`slipway_backup_last_duration_seconds{${labels}} 120`);
    expect(text).toContain(`slipway_backup_too_old{${labels}} 1`);
    expect(text).toContain(`slipway_backups{${labels},state="verified"} 1`);
  });

  it('counts requests by the pattern of their route', async () => {
    await api.call('GET', '/api/v1/services/checkout');
    const { text } = await open('/metrics');
    expect(text).toContain('slipway_http_request_duration_seconds_count{method="GET",route="/services/{service}",status="200"}');
    expect(text).not.toContain('route="/services/checkout"');
  });
});

describe('request ids', () => {
  it('are taken over when harmless', async () => {
    expect((await api.call('GET', '/healthz', { headers: { 'X-Request-Id': 'trace-1' } })).headers.get('x-request-id')).toBe('trace-1');
  });

  it('are replaced when not, and stand in the problem', async () => {
    const { headers, body } = await api.call('GET', '/nowhere', { headers: { 'X-Request-Id': 'a b{c}' } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body['requestId']).toBe(headers.get('x-request-id'));
  });
});
