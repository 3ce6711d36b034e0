import { describe, expect, it } from '@jest/globals';
import { isSlipwayError, type SlipwayError } from '../domain/errors.js';
import type { JsonObject } from '../domain/json.js';
import { parseDefinition } from './parse-definition.js';
import { resolveEnvironment } from './resolve-environment.js';

const FILES = { directory: { path: '/srv/files' }, repository: 'vault' };
const QUIESCE = { command: { stop: ['stop'], start: ['start'] } };

function definitionWith(backups: JsonObject, more: JsonObject = {}) {
  const environment = { router: { use: 'edge' }, target: { use: 'hosts' }, strategy: { blueGreen: {} }, gates: { people: {} }, backups, ...more };
  return { service: 'shop', environments: { production: environment } };
}

function parsed(source: JsonObject, more: JsonObject = {}) {
  return parseDefinition(definitionWith({ data: source }, more), { service: 'shop' }).environments['production'];
}

function refusal(backups: JsonObject, more: JsonObject = {}): SlipwayError {
  try {
    parseDefinition(definitionWith(backups, more), { service: 'shop' });
  } catch (error) {
    if (isSlipwayError(error)) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const B = '/environments/production/backups/data';

describe('backups of an environment', () => {
  it('have defaults for all but place and repository', () => {
    expect(parsed(FILES)?.backups['data']).toEqual({
      name: 'data', at: { kind: 'directory', path: '/srv/files' }, repository: 'vault',
      keep: { last: 7, hourly: 0, daily: 7, weekly: 4, monthly: 12, yearly: 0 }, timeoutMs: 14_400_000, maxAgeMs: null,
      restore: { keepOldMs: 86_400_000, checks: {}, verify: {} },
    });
  });

  it('are parsed with their units', () => {
    const source = {
      postgres: { url: { secret: 'DB' }, admin: 'postgres://admin@db/postgres' }, repository: 'vault', keep: { last: 3, yearly: 10 }, timeout: '1h', maxAge: '26h',
      schedule: { cron: '0 3 * * *', timezone: 'Europe/Berlin', jitter: '5m', catchUp: '2h' }, drill: { every: '7d' },
      restore: {
        gate: 'people', keepOld: '2d', quiesce: { readOnly: {} },
        checks: { some: { query: 'SELECT count(*) > 0\nFROM orders', timeout: '1m' }, whole: { command: ['check', '${service}', '${environment}'] } },
        verify: { web: { http: { path: '/deep' } } },
      },
    };
    expect(parsed(source)?.backups['data']).toMatchObject({
      at: { kind: 'postgres', url: { secret: 'DB' }, admin: { text: 'postgres://admin@db/postgres' } }, keep: { last: 3, daily: 7, yearly: 10 }, timeoutMs: 3_600_000, maxAgeMs: 93_600_000,
      schedule: { when: { kind: 'cron', cron: '0 3 * * *' }, timezone: 'Europe/Berlin', jitterMs: 300_000, catchUpMs: 7_200_000 },
      drill: { when: { kind: 'every', everyMs: 604_800_000 }, timezone: 'UTC', jitterMs: 0, catchUpMs: 3_600_000 },
      restore: {
        gate: { name: 'people', quorum: 1, timeoutMs: 14_400_000 }, keepOldMs: 172_800_000, quiesce: { kind: 'read-only' },
        checks: { some: { kind: 'query', sql: 'SELECT count(*) > 0\nFROM orders', timeoutMs: 60_000 }, whole: { kind: 'command', command: ['check', 'shop', 'production'], timeoutMs: 600_000 } },
        verify: { web: { check: { kind: 'http', path: '/deep' } } },
      },
    });
  });

  it('name the same data in one way', () => {
    expect(parsed({ ...FILES, directory: { path: '//srv//${environment}/${service}/' } })?.backups['data']).toMatchObject({ at: { path: '/srv/production/shop' } });
  });

  it('may be those of another service', () => {
    expect(parsed({ uses: 'cart/orders' })?.backups['data']).toEqual({ name: 'data', uses: { service: 'cart', source: 'orders' } });
  });

  it('may be a SQLite file whose writers can be stopped', () => {
    expect(parsed({ sqlite: { path: '/srv/a.db' }, repository: 'vault', restore: { quiesce: QUIESCE } })?.backups['data']).toMatchObject({
      at: { kind: 'sqlite', path: '/srv/a.db' }, restore: { quiesce: { kind: 'command', stop: ['stop'], start: ['start'], timeoutMs: 600_000 } },
    });
  });

  it.each([
    ['no kind', { repository: 'vault' }, B],
    ['two kinds', { ...FILES, postgres: { url: 'postgres://db/x' } }, B],
    ['no repository', { directory: { path: '/srv' } }, `${B}/repository`],
    ['the root', { ...FILES, directory: { path: '/' } }, `${B}/directory/path`],
    ['the root in disguise', { ...FILES, directory: { path: '//' } }, `${B}/directory/path`],
    ['a way up', { ...FILES, directory: { path: '/srv/../etc' } }, `${B}/directory/path`],
    ['a relative path', { ...FILES, directory: { path: 'srv' } }, `${B}/directory/path`],
    ['a password that is written down', { postgres: { url: 'postgres://u:hunter2@db/x' }, repository: 'vault' }, `${B}/postgres/url`],
    ['a password behind a question mark', { postgres: { url: 'postgres://u@db/x?password=hunter2' }, repository: 'vault' }, `${B}/postgres/url`],
    ['another database', { postgres: { url: 'mysql://u@db/x' }, repository: 'vault' }, `${B}/postgres/url`],
    ['a gate that is not declared', { ...FILES, restore: { gate: 'peple' } }, `${B}/restore/gate`],
    ['a cron expression of six fields', { ...FILES, schedule: { cron: '0 0 3 * * *' } }, `${B}/schedule/cron`],
    ['a schedule of two kinds', { ...FILES, schedule: { cron: '@daily', every: '1d' } }, `${B}/schedule`],
    ['a time zone by offset', { ...FILES, schedule: { every: '1d', timezone: '+02:00' } }, `${B}/schedule/timezone`],
    ['a time zone that is none', { ...FILES, drill: { every: '1d', timezone: 'Europe/Berln' } }, `${B}/drill/timezone`],
    ['a time zone in lower case', { ...FILES, drill: { every: '1d', timezone: 'europe/berlin' } }, `${B}/drill/timezone`],
    ['a time zone in other case', { ...FILES, drill: { every: '1d', timezone: 'Asia/kolkata' } }, `${B}/drill/timezone`],
    ['a time zone by a short name', { ...FILES, drill: { every: '1d', timezone: 'PST' } }, `${B}/drill/timezone`],
    ['a query on a folder', { ...FILES, restore: { checks: { a: { query: 'SELECT 1' } } } }, `${B}/restore/checks/a/query`],
    ['a placeholder of a deployment', { ...FILES, directory: { path: '/srv/${version}' } }, `${B}/directory/path`],
    ['somebody else’s with rules of its own', { uses: 'cart/orders', keep: { last: 1 } }, `${B}/keep`],
    ['somebody else’s without its name', { uses: 'cart' }, `${B}/uses`],
    ['a negative number to keep', { ...FILES, keep: { last: -1 } }, `${B}/keep/last`],
  ])('may not have %s', (_, source, path) => {
    const error = refusal({ data: source });
    expect([error.code, ...error.problems.map((problem) => problem.path)]).toEqual(['DEFINITION_INVALID', path]);
  });

  it('name the time zone that was probably meant', () => {
    expect(refusal({ data: { ...FILES, schedule: { cron: '@daily', timezone: 'us/eastern' } } }).problems).toMatchObject([{ hint: 'did you mean "US/Eastern"?' }]);
  });

  it('are refused when two names stand for the same data', () => {
    expect(refusal({ data: FILES, more: FILES }).problems.map(({ path }) => path)).toEqual(['/environments/production/backups/more']);
  });

  it.each([
    ['a slash', '/srv/shops/'], ['a placeholder', '/srv/${service}s'], ['a folder in it', '/srv/shops/inner'], ['the folder around it', '/srv'],
  ])('are refused when two names share data, written otherwise: %s', (_, path) => {
    const at = (folder: string) => ({ ...FILES, directory: { path: folder } });
    expect(refusal({ data: at('/srv/shops'), more: at(path) }).problems.map((problem) => problem.path)).toEqual(['/environments/production/backups/more']);
  });

  it.each([
    ['QUIESCE_UNSUPPORTED', { ...FILES, restore: { quiesce: { readOnly: {} } } }],
    ['QUIESCE_REQUIRED', { sqlite: { path: '/srv/a.db' }, repository: 'vault' }],
  ])('are refused with %s where writes cannot be stopped that way', (code, source) => {
    expect(refusal({ data: source }).code).toBe(code);
  });

  it('take what the defaults say, and leave out what they take away', () => {
    const { service, environments } = definitionWith({ data: { schedule: null, keep: { last: 1 } } });
    const defaults = { backups: { data: { ...FILES, schedule: { cron: '@daily' }, keep: { daily: 2 } } } };
    const spec = parseDefinition({ service, defaults, environments }, { service: 'shop' }).environments['production']?.backups['data'];
    expect(spec).toMatchObject({ keep: { last: 1, daily: 2, weekly: 4 } });
    expect(spec).not.toHaveProperty('schedule');
  });

  it('show where each key comes from', () => {
    const { value, origins } = resolveEnvironment(definitionWith({ data: FILES, theirs: { uses: 'cart/orders' } }), 'production');
    expect(value['backups']).toMatchObject({ data: { timeout: '4h' }, theirs: { uses: 'cart/orders' } });
    expect(Object.keys(origins).filter((path) => path.startsWith('/backups/theirs'))).toEqual(['/backups/theirs/uses']);
    expect([origins['/backups/data/repository'], origins['/backups/data/timeout']]).toEqual(['environment', 'default']);
  });
});

describe('the protection of an environment', () => {
  it('is none unless it is asked for', () => {
    expect(parsed(FILES)).not.toHaveProperty('protect');
  });

  it('backs up before, and keeps the placeholders of its commands', () => {
    const migrate = { expand: { command: ['up', '${version}'] }, contract: { command: ['trim'], timeout: '1h', gate: 'people' }, revert: { command: ['down', '${deployment}'] } };
    expect(parsed(FILES, { protect: { migrate } })?.protect).toEqual({
      backup: 'before',
      migrate: {
        expand: { command: ['up', '${version}'], timeoutMs: 600_000 },
        contract: { command: ['trim'], timeoutMs: 3_600_000, gate: { name: 'people', quorum: 1, notOwnChange: false, timeoutMs: 14_400_000, onTimeout: 'abort' } },
        revert: { command: ['down', '${deployment}'], timeoutMs: 600_000 },
      },
    });
  });
});
