import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSlipwayError, type SlipwayError } from '../domain/errors.js';
import { parseDefinition } from './parse-definition.js';

const valid = () => ({
  service: 'shop',
  defaults: { router: { use: 'edge' }, target: { use: 'hosts' }, health: { web: { http: { path: '/healthz' } } } },
  environments: {
    staging: { strategy: { blueGreen: {} } },
    production: {
      strategy: { canary: [{ traffic: '5%', bake: '2m' }, { traffic: '25%', bake: '10m', gate: 'people' }] },
      gates: { people: {} },
      analysis: { metrics: { errors: { router: 'errorRate', max: '1%' } } },
    },
  },
});

/** The fixture with one place of it replaced; undefined takes it out. */
function changed(path: string, value: unknown): unknown {
  const root: unknown = valid();
  const keys = path.split('/').slice(1);
  const last = keys.pop() ?? '';
  let at = root as Record<string, unknown>;
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
  at[last] = value;
  return JSON.parse(JSON.stringify(root));
}

function refusal(input: unknown): SlipwayError {
  try {
    parseDefinition(input, { service: 'shop' });
  } catch (error) {
    if (isSlipwayError(error)) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const P = '/environments/production';

describe('parseDefinition', () => {
  it('merges the defaults into each environment and parses the units', () => {
    const { production } = parseDefinition(valid(), { service: 'shop' }).environments;
    expect(production).toMatchObject({
      service: 'shop', environment: 'production', router: { use: 'edge', backend: 'shop-production' }, keepWarmMs: 600_000,
      strategy: { kind: 'canary', steps: [{ share: 500, bakeMs: 120_000 }, { share: 2_500, bakeMs: 600_000, gate: 'people' }] },
      health: { web: { check: { kind: 'http', path: '/healthz', expect: 200, headers: {} }, everyMs: 1_000, timeoutMs: 500, healthyAfter: 2, unhealthyAfter: 3 } },
      gates: { people: { quorum: 1, notOwnChange: false, timeoutMs: 14_400_000, onTimeout: 'abort' } },
    });
    expect(production?.analysis).toEqual({
      everyMs: 1_000, minRequests: 100, windowMs: 60_000, requireTraffic: false, compare: 'stable', noData: { waitMs: 600_000, then: 'ask' }, onBreach: 'rollback', onError: 'hold',
      unattended: { afterMs: 600_000, then: 'hold' }, stuck: 'on',
      metrics: { errors: { source: { kind: 'router', measure: 'errorRate' }, max: 100, critical: false, failures: { inARow: 3 } } },
    });
  });

  it('opens a connection to each instance where no health check is given', () => {
    const { staging } = parseDefinition(changed('/defaults/health', null), { service: 'shop' }).environments;
    expect(staging?.health).toMatchObject({ port: { check: { kind: 'tcp' } } });
  });

  it('keeps a canary step at 100 %', () => {
    const input = changed(`${P}/strategy/canary/1/traffic`, '100%');
    expect(parseDefinition(input, { service: 'shop' }).environments['production']?.strategy).toMatchObject({ steps: [{ share: 500 }, { share: 10_000 }] });
  });

  it.each([
    ['an unknown key', `${P}/keepWrm`, '10m', `${P}/keepWrm`],
    ['an unknown key that is to be removed', `${P}/keepWrm`, null, `${P}/keepWrm`],
    ['an unknown key in the defaults', '/defaults/lunch', {}, '/defaults/lunch'],
    ['an unknown key inside a step', `${P}/strategy/canary/0/trafic`, '5%', `${P}/strategy/canary/0/trafic`],
    ['an unknown strategy', `${P}/strategy`, { rolling: {} }, `${P}/strategy/rolling`],
    ['two strategies', `${P}/strategy/blueGreen`, {}, `${P}/strategy`],
    ['no strategy', `${P}/strategy`, undefined, `${P}/strategy`],
    ['a check without a kind', `${P}/health/extra`, { every: '1s' }, `${P}/health/extra`],
    ['a check of two kinds', '/defaults/health/web/tcp', {}, '/defaults/health/web'],
    ['percentages that fall', `${P}/strategy/canary/1/traffic`, '3%', `${P}/strategy/canary/1/traffic`],
    ['percentages that stay', `${P}/strategy/canary/1/traffic`, '5%', `${P}/strategy/canary/1/traffic`],
    ['a percentage above 100', `${P}/strategy/canary/1/traffic`, '101%', `${P}/strategy/canary/1/traffic`],
    ['a percentage of 0', `${P}/strategy/canary/0/traffic`, '0%', `${P}/strategy/canary/0/traffic`],
    ['a percentage without its sign', `${P}/strategy/canary/0/traffic`, 5, `${P}/strategy/canary/0/traffic`],
    ['no steps', `${P}/strategy/canary`, [], `${P}/strategy/canary`],
    ['a step without a bake', `${P}/strategy/canary/0/bake`, undefined, `${P}/strategy/canary/0/bake`],
    ['a duration in another unit', `${P}/keepWarm`, '5 parsecs', `${P}/keepWarm`],
    ['a duration beyond a timer', `${P}/keepWarm`, '25d', `${P}/keepWarm`],
    ['a wrong duration in the defaults that everybody overrides', '/defaults/strategy', { canary: [{ traffic: '5%', bake: 'soon' }] }, '/defaults/strategy/canary/0/bake'],
    ['a gate that is not declared', `${P}/strategy/canary/1/gate`, 'peple', `${P}/strategy/canary/1/gate`],
    ['a gate of an alternative that is not declared', `${P}/alternatives/hotfix`, { blueGreen: { gate: 'no' } }, `${P}/alternatives/hotfix/blueGreen/gate`],
    ['an alternative that hides behind the own strategy', `${P}/alternatives/canary`, { blueGreen: {} }, `${P}/alternatives/canary`],
    ['a name with upper case', '/environments/Prod', { strategy: { blueGreen: {} } }, '/environments/Prod'],
    ['a name with shell characters', `${P}/gates/$(reboot)`, {}, `${P}/gates/$(reboot)`],
    ['a backend with a line break', `${P}/router/backend`, 'a\nset server', `${P}/router/backend`],
    ['a metric without a limit', `${P}/analysis/metrics/errors/max`, null, `${P}/analysis/metrics/errors`],
    ['a limit in another unit', `${P}/analysis/metrics/errors/max`, 0.01, `${P}/analysis/metrics/errors/max`],
    ['a metric with the name of health', `${P}/analysis/metrics/health`, { router: 'errorRate', max: '1%' }, `${P}/analysis/metrics/health`],
    ['a metric with the name of the router', `${P}/analysis/metrics/router`, { router: 'errorRate', max: '1%' }, `${P}/analysis/metrics/router`],
    ['a metric with the name of traffic', `${P}/analysis/metrics/traffic`, { router: 'errorRate', max: '1%' }, `${P}/analysis/metrics/traffic`],
    ['a metric with the name of a built-in rule', `${P}/analysis/metrics/stuck`, { router: 'errorRate', max: '1%' }, `${P}/analysis/metrics/stuck`],
    ['a rule that is neither on nor off', `${P}/analysis/stuck`, 'seldom', `${P}/analysis/stuck`],
    ['a metric with the name of stable', `${P}/analysis/metrics/stable`, { router: 'errorRate', max: '1%' }, `${P}/analysis/metrics/stable`],
    ['a gate with the name of one that opens without data', `${P}/gates/no-data`, {}, `${P}/gates/no-data`],
    ['a gate with the name of one that opens at a breach', `${P}/gates/breach`, {}, `${P}/gates/breach`],
    ['a gate with the name of one that opens at an error', `${P}/gates/error`, {}, `${P}/gates/error`],
    ['limits that exclude each other', `${P}/analysis/metrics/errors/min`, '2%', `${P}/analysis/metrics/errors/min`],
    ['an unknown measure', `${P}/analysis/metrics/errors/router`, 'errorrate', `${P}/analysis/metrics/errors/router`],
    ['an unknown placeholder', '/defaults/health/web/http/path', '/${slt}', '/defaults/health/web/http/path'],
    ['a placeholder without its end', `${P}/target/with`, { a: '${slot' }, `${P}/target/with/a`],
    ['a placeholder that a query cannot have', `${P}/analysis/metrics/q`, { prometheus: 'up{port="${port}"}', max: 1 }, `${P}/analysis/metrics/q/prometheus`],
    ['a placeholder that an address for notices cannot have', `${P}/notify/a`, { webhook: { url: 'https://hooks/${slot}' } }, `${P}/notify/a/webhook/url`],
    ['another service', '/service', 'cart', '/service'],
    ['no environment', '/environments', {}, '/environments'],
    ['an environment that is none', '/environments/staging', 7, '/environments/staging'],
    ['a secret that could be a path', `${P}/notify/a`, { webhook: { url: { secret: '../etc/passwd' } } }, `${P}/notify/a/webhook/url/secret`],
    ['a receiver that is no web address', `${P}/notify/a`, { webhook: { url: 'file:///etc/passwd' } }, `${P}/notify/a/webhook/url`],
    ['a text without measure', `${P}/target/with`, { a: 'x'.repeat(20_000) }, `${P}/target/with/a`],
    ['more than a plan can carry', `${P}/target/with`, { a: Array.from({ length: 30 }, () => 'x'.repeat(10_000)) }, ''],
    ['an empty command', `${P}/verify/a`, { command: [] }, `${P}/verify/a/command`],
    ['a migration with a placeholder of an instance', `${P}/protect`, { backup: 'none', migrate: { expand: { command: ['up', '${port}'] } } }, `${P}/protect/migrate/expand/command/1`],
    ['a migration that waits for a gate that is not declared', `${P}/protect`, { backup: 'none', migrate: { contract: { command: ['up'], gate: 'peple' } } }, `${P}/protect/migrate/contract/gate`],
    ['a revert of nothing', `${P}/protect`, { backup: 'none', migrate: { revert: { command: ['down'] } } }, `${P}/protect/migrate/revert`],
    ['a protection without anything to back up', `${P}/protect`, {}, `${P}/protect/backup`],
  ])('refuses %s, at its place', (_, place, value, path) => {
    const error = refusal(changed(place, value));
    expect(error.code).toBe('DEFINITION_INVALID');
    expect(error.problems.map((problem) => problem.path)).toContain(path);
  });

  it('tells all problems at once, each once', () => {
    const { problems } = refusal({ service: 'cart', defaults: { keepWarm: 'x', launch: { timeot: '1s' } }, environments: { a: { drain: 3 }, b: {} } });
    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      '/defaults/keepWarm', '/defaults/launch/timeot', '/environments/a/drain', '/environments/a/router', '/environments/a/strategy', '/environments/a/target',
      '/environments/b/router', '/environments/b/strategy', '/environments/b/target', '/service',
    ]);
  });

  it('names the nearest known key', () => {
    expect(refusal(changed(`${P}/keepWrm`, '10m')).problems[0]?.hint).toContain('keepWarm');
  });

  it.each([['notOwnChange', true], ['quorum', 2]])('refuses a gate with %s until people have identities', (key, value) => {
    const error = refusal(changed(`${P}/gates/people/${key}`, value));
    expect([error.code, error.problems[0]?.path]).toEqual(['IDENTITY_REQUIRED', `${P}/gates/people/${key}`]);
  });

  it('keeps `$${` as a literal', () => {
    expect(() => parseDefinition(changed(`${P}/target/with`, { a: '$${HOME}' }), { service: 'shop' })).not.toThrow();
  });

  it.each([
    ['nothing', undefined], ['null', null], ['a list', []], ['a text', 'service: shop'], ['a function', () => 1], ['a date', new Date()], ['a map', new Map()],
    ['a getter that throws', { get service(): string { throw new TypeError('no'); } }],
  ])('refuses %s', (_, input) => {
    expect(refusal(input).code).toBe('DEFINITION_INVALID');
  });

  it('refuses what points back at itself', () => {
    const input: Record<string, unknown> = valid();
    input['environments'] = { a: input };
    expect(refusal(input).code).toBe('DEFINITION_INVALID');
  });

  it('refuses keys that would reach the prototype', () => {
    expect(refusal(JSON.parse('{"environments":{"__proto__":{"strategy":{}}}}')).code).toBe('DEFINITION_INVALID');
  });

  it('answers many wrong environments in bounded time and length', () => {
    const environments = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`e${index}`, { x: 1 }]));
    expect(refusal({ environments }).problems.length).toBeLessThanOrEqual(100);
  });

  it('throws nothing but its own errors, whatever it is given', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }), (input) => {
      expect(isSlipwayError(refusal(input))).toBe(true);
    }), { numRuns: 300 });
  });

  it('throws nothing but its own errors when a valid definition is damaged anywhere', () => {
    const places = placesOf(valid(), '');
    const damage = fc.oneof(fc.anything(), fc.constantFrom(null, '', '5 parsecs', '101%', -1, Number.NaN, [], {}, { canary: null }, '${', 'a'.repeat(10_000)));
    fc.assert(fc.property(fc.constantFrom(...places), damage, (place, value) => {
      try {
        parseDefinition(replaced(valid(), place.split('/').slice(1), value), { service: 'shop' });
      } catch (error) {
        expect(isSlipwayError(error) && error.code).toMatch(/^(DEFINITION_INVALID|IDENTITY_REQUIRED)$/);
      }
    }), { numRuns: 1_000 });
  });
});

function placesOf(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, `${path}/${key}`))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((inner: unknown, index) => (String(index) === key ? replaced(inner, rest, by) : inner));
  const object = value as Record<string, unknown>;
  return { ...object, [key]: replaced(object[key], rest, by) };
}
