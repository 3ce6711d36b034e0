import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from '../definition/parse-definition.js';
import type { Catalogue } from './catalogue.js';
import { checkReferences, refuseBadReferences } from './check-references.js';

const all = { services: undefined, inProduction: true, maintenance: [] };
const CATALOGUE: Catalogue = {
  routers: { edge: { ...all, percentiles: false }, dev: { ...all, percentiles: true }, theirs: { ...all, services: ['cart'], percentiles: true } },
  targets: { hosts: all, theirs: { ...all, services: ['cart'] }, local: { ...all, inProduction: false } },
  prometheus: ['default'],
  repositories: { vault: { ...all, folder: '/srv/vault' }, theirs: { ...all, services: ['cart'], folder: undefined } },
  singleHost: true,
};

function environmentsWith(change: object) {
  const environment = { router: { use: 'edge' }, target: { use: 'hosts' }, strategy: { blueGreen: {} }, ...change };
  return parseDefinition({ environments: { production: environment } }, { service: 'shop' }).environments;
}

const metric = (rule: object) => ({ analysis: { metrics: { m: rule } } });
const backup = (source: object) => ({ backups: { data: source } });
const found = (change: object) => checkReferences(environmentsWith(change), CATALOGUE).map(({ code, path }) => [code, path.replace('/environments/production', '')]);

describe('checkReferences', () => {
  it('finds nothing wrong where all is there', () => {
    expect(found(metric({ router: 'errorRate', max: '1%' }))).toEqual([]);
  });

  it.each([
    ['a router that is not there', { router: { use: 'egde' } }, 'ROUTER_UNKNOWN', '/router/use'],
    ['a router with a name every object has', { router: { use: 'constructor' } }, 'ROUTER_UNKNOWN', '/router/use'],
    ['a target that is not there', { target: { use: 'host' } }, 'TARGET_UNKNOWN', '/target/use'],
    ['somebody else’s target', { target: { use: 'theirs' } }, 'TARGET_FORBIDDEN', '/target/use'],
    ['somebody else’s router', { router: { use: 'theirs' } }, 'TARGET_FORBIDDEN', '/router/use'],
    ['a target for development in production', { target: { use: 'local' } }, 'TARGET_FORBIDDEN', '/target/use'],
    ['a latency where the router has none', metric({ router: 'latencyP95', max: '300ms' }), 'MEASURE_UNSUPPORTED', '/analysis/metrics/m/router'],
    ['a Prometheus that is not there', metric({ prometheus: 'up', source: 'other', max: 1 }), 'MEASURE_UNSUPPORTED', '/analysis/metrics/m/prometheus'],
    ['a repository that is not there', backup({ directory: { path: '/data' }, repository: 'valt' }), 'REPOSITORY_UNKNOWN', '/backups/data/repository'],
    ['somebody else’s repository', backup({ directory: { path: '/data' }, repository: 'theirs' }), 'TARGET_FORBIDDEN', '/backups/data/repository'],
    ['a repository inside of what it keeps', backup({ directory: { path: '/srv' }, repository: 'vault' }), 'DEFINITION_INVALID', '/backups/data/repository'],
  ])('finds %s', (_, change, code, path) => {
    expect(found(change)).toEqual([[code, path]]);
  });

  it('takes a latency from a router that has it', () => {
    expect(found({ router: { use: 'dev' }, ...metric({ router: 'latencyP95', max: '300ms' }) })).toEqual([]);
  });

  it('takes a repository beside what it keeps', () => {
    expect(found(backup({ directory: { path: '/srv/vaul' }, repository: 'vault' }))).toEqual([]);
  });

  describe('where workers run on several hosts', () => {
    const among = (source: object) => checkReferences(environmentsWith(backup({ repository: 'vault', ...source })), { ...CATALOGUE, singleHost: false }).map(({ code, path }) => [code, path]);
    const quiesced = { restore: { quiesce: { command: { stop: ['stop'], start: ['start'] } } } };

    it.each([['directory', {}], ['sqlite', quiesced]])('refuses what is on one of them: %s', (kind, more) => {
      const at = `/environments/production/backups/data/${kind}/path`;
      expect(among({ [kind]: { path: '/data' }, ...more })).toEqual([['SOURCE_HOST_BOUND', at]]);
      expect(among({ [kind]: { path: '/data', shared: false }, ...more })).toEqual([['SOURCE_HOST_BOUND', at]]);
      expect(among({ [kind]: { path: '/data', shared: true }, ...more })).toEqual([]);
    });

    it('takes a database', () => {
      expect(among({ postgres: { url: { secret: 'DATA_URL' } } })).toEqual([]);
    });
  });

  it('asks nothing of a source that another service owns', () => {
    expect(found(backup({ uses: 'cart/data' }))).toEqual([]);
  });

  it('names the nearest router', () => {
    expect(checkReferences(environmentsWith({ router: { use: 'egde' } }), CATALOGUE)[0]?.hint).toContain('edge');
  });
});

describe('refuseBadReferences', () => {
  it('throws the first code with all problems', () => {
    const environments = environmentsWith({ router: { use: 'nowhere' }, target: { use: 'nowhere' } });
    expect(() => refuseBadReferences(environments, CATALOGUE)).toThrow(expect.objectContaining({
      code: 'ROUTER_UNKNOWN', problems: [expect.objectContaining({ path: '/environments/production/router/use' }), expect.objectContaining({ path: '/environments/production/target/use' })],
    }));
  });
});
