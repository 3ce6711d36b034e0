import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from './parse-definition.js';
import { resolveEnvironment } from './resolve-environment.js';

const { definition } = parseDefinition({
  defaults: { router: { use: 'edge' }, target: { use: 'hosts' }, keepWarm: '5m', analysis: { metrics: { errors: { router: 'errorRate', max: '1%' } } } },
  environments: { a: { strategy: { blueGreen: {} }, analysis: { metrics: { errors: { max: '2%' } } } }, b: { strategy: { blueGreen: {} }, keepWarm: null } },
}, { service: 'shop' });

describe('resolveEnvironment', () => {
  it('shows everything that counts, units as text', () => {
    expect(resolveEnvironment(definition, 'a').value).toMatchObject({
      router: { use: 'edge', backend: 'shop-a' }, keepWarm: '5m', drain: { timeout: '30s' }, analysis: { metrics: { errors: { router: 'errorRate', max: '2%', failures: { inARow: 3 } } } },
    });
  });

  it('says where each key comes from', () => {
    expect(resolveEnvironment(definition, 'a').origins).toMatchObject({
      '/router/use': 'defaults', '/router/backend': 'default', '/keepWarm': 'defaults', '/drain/timeout': 'default', '/strategy/blueGreen': 'environment',
      '/analysis/metrics/errors/router': 'defaults', '/analysis/metrics/errors/max': 'environment', '/analysis/metrics/errors/failures/inARow': 'default',
    });
  });

  it('falls back to the default where null removed what was inherited', () => {
    const { value, origins } = resolveEnvironment(definition, 'b');
    expect([value['keepWarm'], origins['/keepWarm']]).toEqual(['10m', 'default']);
  });

  it('resolves to what would be parsed the same', () => {
    const { value } = resolveEnvironment(definition, 'a');
    const again = parseDefinition({ service: 'shop', environments: { a: value } }, { service: 'shop' }).environments['a'];
    expect(again).toEqual(parseDefinition(definition, { service: 'shop' }).environments['a']);
  });

  it.each(['c', 'constructor', '__proto__'])('refuses the environment %s', (name) => {
    expect(() => resolveEnvironment(definition, name)).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_NOT_FOUND' }));
  });
});
