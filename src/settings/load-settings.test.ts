import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isSlipwayError } from '../domain/errors.js';
import { describeSettings } from './describe-settings.js';
import { loadSettings, type SettingsSources } from './load-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'slipway-settings-'));
const ENV = { SLIPWAY_DATABASE_URL: 'postgres://user:hunter2@db/slipway?sslpassword=hunter2', SLIPWAY_CONFIG: fileWith('empty.yaml', '# nothing yet\n') };

function fileWith(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function refusedPlaces(sources: SettingsSources): string[] {
  try {
    loadSettings(sources);
    return [];
  } catch (error) {
    if (isSlipwayError(error) && error.code === 'SETTINGS_INVALID') return error.problems.map(({ path }) => path.replace(/^.*#/, ''));
    throw error;
  }
}

const inConfig = (name: string, text: string) => refusedPlaces({ env: ENV, file: fileWith(name, text) });

describe('loadSettings', () => {
  it('has a default for all but the database', () => {
    expect(loadSettings({ env: ENV })).toEqual({
      site: 'default', databaseUrl: ENV.SLIPWAY_DATABASE_URL, http: { host: '127.0.0.1', port: 3_000 }, adminKey: undefined, secretsFolder: undefined,
      log: { level: 'info', format: 'json' }, temporalUiUrl: undefined, workerVersioning: undefined, metrics: { host: '127.0.0.1', port: 9_464 },
      stagingFolder: join(tmpdir(), 'slipway'), leaseTtlMs: 60_000, operator: { routers: {}, targets: {}, prometheus: {}, repositories: {}, singleHost: false },
    });
  });

  it('reads the operator’s file, units parsed', () => {
    const file = fileWith('whole.yaml', `
routers:
  edge: { haproxy: { instances: { a: { socket: /run/a.sock }, b: { tcp: "10.0.0.2:9999", maps: /b } }, maps: /all, percentiles: true } }
  dev: { embedded: { url: "http://127.0.0.1:8081", token: { secret: TOKEN } }, services: [shop] }
targets:
  hosts: { command: { launch: [up], status: [ps], retire: [down], timeout: 2m } }
  local: { process: { command: [node, server.mjs], ports: 9100-9199 }, allowInProduction: true }
prometheus: { default: { url: "http://127.0.0.1:9090" } }
repositories:
  offsite: { restic: { repository: "s3:https://s3/bucket", password: { secret: RESTIC }, env: { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: { secret: S3 } }, options: { s3.bucket-lookup: path } }, prune: { every: 12h } }
  here: { archive: { folder: backups, identity: { secret: AGE } }, services: [shop] }
singleHost: true
`);
    expect(loadSettings({ env: ENV, file }).operator).toMatchObject({
      routers: {
        edge: { kind: 'haproxy', instances: { a: { socket: '/run/a.sock' }, b: { tcp: '10.0.0.2:9999', mapFolder: '/b' } }, maintenance: [], mapFolder: '/all', percentiles: true },
        dev: { kind: 'embedded', token: { secret: 'TOKEN' }, services: ['shop'] },
      },
      targets: { hosts: { kind: 'command', timeoutMs: 120_000, allowInProduction: false }, local: { kind: 'process', ports: { first: 9_100, last: 9_199 }, allowInProduction: true } },
      prometheus: { default: { url: 'http://127.0.0.1:9090', allowPartial: false } }, singleHost: true,
      repositories: {
        offsite: {
          kind: 'restic', repository: 's3:https://s3/bucket', password: { secret: 'RESTIC' }, env: { AWS_ACCESS_KEY_ID: { text: 'key' }, AWS_SECRET_ACCESS_KEY: { secret: 'S3' } },
          options: { 's3.bucket-lookup': 'path' }, program: 'restic', pruneEveryMs: 43_200_000, services: undefined,
        },
        here: { kind: 'archive', folder: 'backups', identity: { secret: 'AGE' }, recipients: [], pruneEveryMs: 86_400_000, services: ['shop'] },
      },
    });
  });

  it('lists the problems of environment and file together', () => {
    const env = { SLIPWAY_PROT: '1', SLIPWAY_PORT: '70000', SLIPWAY_LOG_LEVEL: 'loud', TEMPORAL_TLS: 'bogus', SLIPWAY_CONFIG: fileWith('two.yaml', 'routrs: {}\nsingleHost: 1\n') };
    expect(refusedPlaces({ env, needs: ['admin-key'] }).toSorted()).toEqual([
      '/routrs', '/singleHost', 'SLIPWAY_ADMIN_KEY', 'SLIPWAY_DATABASE_URL', 'SLIPWAY_LOG_LEVEL', 'SLIPWAY_PORT', 'SLIPWAY_PROT', 'TEMPORAL_TLS',
    ]);
  });

  it.each(['SLIPWAY_SECRET_TOKEN', 'SLIPWAY_TEST_DATABASE_URL', 'SLIPWAY_TEMPORAL_CLI', 'SLIPWAY_STATE_DIR', 'SLIPWAY_ROUTER_TOKEN'])('leaves %s to those who read it', (name) => {
    expect(refusedPlaces({ env: { ...ENV, [name]: 'x' } })).toEqual([]);
  });

  it.each(['true', 'false', '1', '0'])('accepts TEMPORAL_TLS=%s', (value) => {
    expect(refusedPlaces({ env: { ...ENV, TEMPORAL_TLS: value } })).toEqual([]);
  });

  it.each(['yes', 'TRUE', 'on', ' true'])('refuses TEMPORAL_TLS=%s, which would turn encryption off', (value) => {
    expect(refusedPlaces({ env: { ...ENV, TEMPORAL_TLS: value } })).toEqual(['TEMPORAL_TLS']);
  });

  it('takes an empty variable as not set', () => {
    expect(loadSettings({ env: { ...ENV, SLIPWAY_PORT: '', SLIPWAY_SITE: '' } })).toMatchObject({ site: 'default', http: { port: 3_000 } });
  });

  it('makes the staging folder an absolute path', () => {
    expect(loadSettings({ env: { ...ENV, SLIPWAY_STAGING_FOLDER: 'staging' } }).stagingFolder).toBe(join(process.cwd(), 'staging'));
  });

  it('reads the key from a file', () => {
    expect(loadSettings({ env: { ...ENV, SLIPWAY_ADMIN_KEY_FILE: fileWith('key', 'slp_0123456789abcdef\n') } }).adminKey).toBe('slp_0123456789abcdef');
  });

  it.each([
    ['a key that is too short', { SLIPWAY_ADMIN_KEY: 'short' }, 'SLIPWAY_ADMIN_KEY'],
    ['a key and its file', { SLIPWAY_ADMIN_KEY: 'slp_0123456789abcdef', SLIPWAY_ADMIN_KEY_FILE: fileWith('other', 'slp_0123456789abcdef') }, 'SLIPWAY_ADMIN_KEY'],
    ['a key file that is not there', { SLIPWAY_ADMIN_KEY_FILE: join(folder, 'none') }, 'SLIPWAY_ADMIN_KEY_FILE'],
    ['a database that is none', { SLIPWAY_DATABASE_URL: 'mysql://db' }, 'SLIPWAY_DATABASE_URL'],
    ['a site with a slash', { SLIPWAY_SITE: 'a/b' }, 'SLIPWAY_SITE'],
    ['a port that is no number', { SLIPWAY_PORT: '3000 ' }, 'SLIPWAY_PORT'],
    ['a file that is not there', { SLIPWAY_CONFIG: join(folder, 'none.yaml') }, join(folder, 'none.yaml')],
  ])('refuses %s', (_, env, place) => {
    expect(refusedPlaces({ env: { ...ENV, ...env } })).toEqual([place]);
  });

  it.each([
    ['a router of no kind', 'routers: { a: { services: [shop] } }', '/routers/a'],
    ['a router of two kinds', 'routers: { a: { haproxy: { instances: { a: { tcp: "h:1" } } }, embedded: { url: "http://h", token: x } } }', '/routers/a'],
    ['an HAProxy without instances', 'routers: { a: { haproxy: { instances: {} } } }', '/routers/a/haproxy/instances'],
    ['an instance in maintenance that is none', 'routers: { a: { haproxy: { instances: { a: { tcp: "h:1" } }, maintenance: [b] } } }', '/routers/a/haproxy/maintenance/0'],
    ['a router all of whose instances are in maintenance', 'routers: { a: { haproxy: { instances: { a: { tcp: "h:1" } }, maintenance: [a] } } }', '/routers/a/haproxy/maintenance'],
    ['an address without a port', 'routers: { a: { haproxy: { instances: { a: { tcp: "10.0.0.2" } } } } }', '/routers/a/haproxy/instances/a/tcp'],
    ['a router that must persist and has no file for its servers', 'routers: { a: { persist: required, haproxy: { instances: { x: { socket: /run/h.sock } } } } }', '/routers/a/haproxy/instances/x'],
    ['what a router makes of its disk, in other words', 'routers: { a: { persist: yes, haproxy: { instances: { x: { tcp: "10.0.0.2:9" } } } } }', '/routers/a/persist'],
    ['a program given as one text', 'targets: { a: { command: { launch: "up now", status: [ps], retire: [down] } } }', '/targets/a/command/launch'],
    ['ports that fall', 'targets: { a: { process: { command: [x], ports: 9199-9100 } } }\nsingleHost: true', '/targets/a/process/ports'],
    ['processes on a site of many hosts', 'targets: { a: { process: { command: [x], ports: 9100-9199 } } }', '/targets/a/process'],
    ['an instance by host name', 'targets: { a: { static: { slots: { blue: ["web-1:80"], green: ["10.0.0.2:80"] } } } }', '/targets/a/static/slots/blue/0'],
    ['an instance with an impossible address', 'targets: { a: { static: { slots: { blue: ["10.0.0.1:80"], green: ["10.0.0.256:80"] } } } }', '/targets/a/static/slots/green/0'],
    ['an instance with an impossible port', 'targets: { a: { static: { slots: { blue: ["10.0.0.1:70000"], green: ["[::1]:80"] } } } }', '/targets/a/static/slots/blue/0'],
    ['an admin socket with an impossible port', 'routers: { a: { haproxy: { instances: { a: { tcp: "10.0.0.2:70000" } } } } }', '/routers/a/haproxy/instances/a/tcp'],
    ['an address of another kind', 'prometheus: { default: { url: "file:///etc/passwd" } }', '/prometheus/default/url'],
    ['a repository of no kind', 'repositories: { a: {} }', '/repositories/a'],
    ['a password of restic that is written down', 'repositories: { a: { restic: { repository: "s3:x", password: hunter2 } } }', '/repositories/a/restic/password'],
    ['a repository with a password in its address', 'repositories: { a: { restic: { repository: "rest:https://u:hunter2@h/", password: { secret: P } } } }', '/repositories/a/restic/repository'],
    ['a repository by a relative path', 'repositories: { a: { restic: { repository: "vault", password: { secret: P } } } }', '/repositories/a/restic/repository'],
    ['a local repository on a site of many hosts', 'repositories: { a: { restic: { repository: /vault, password: { secret: P } } } }', '/repositories/a/restic/repository'],
    ['an archive on a site of many hosts', 'repositories: { a: { archive: { folder: /vault, identity: { secret: P } } } }', '/repositories/a/archive/folder'],
    ['a second password of restic', 'repositories: { a: { restic: { repository: "s3:x", password: { secret: P }, env: { RESTIC_PASSWORD_FILE: /x } } } }', '/repositories/a/restic/env/RESTIC_PASSWORD_FILE'],
    ['an option that restic would take for another', 'repositories: { a: { restic: { repository: "s3:x", password: { secret: P }, options: { --insecure-tls: x } } } }', '/repositories/a/restic/options/--insecure-tls'],
    ['a recipient that is none', 'repositories: { a: { archive: { folder: /vault, identity: { secret: P }, recipients: [age1x] } } }\nsingleHost: true', '/repositories/a/archive/recipients/0'],
    ['a list', '[]', ''],
  ])('refuses %s', (name, text, place) => {
    expect(inConfig(`${name}.yaml`, text)).toEqual([place]);
  });

  it('takes local repositories that every host has mounted', () => {
    const file = fileWith('mounted.yaml', 'repositories: { a: { archive: { folder: /vault, shared: true, identity: { secret: P } } }, b: { restic: { repository: /vault, shared: true, password: { secret: P } } } }');
    expect(loadSettings({ env: ENV, file }).operator.repositories).toMatchObject({ a: { folder: '/vault' }, b: { repository: '/vault' } });
  });

  it.each([
    ['where each instance has a file, or is on another host', 'persist: required, haproxy: { instances: { x: { socket: /run/h.sock, stateFile: /s }, y: { tcp: "10.0.0.2:9" } } }', 'required'],
    ['where all instances have one file', 'persist: required, haproxy: { instances: { x: { socket: /run/h.sock } }, stateFile: /s }', 'required'],
    ['as told where nothing is said', 'haproxy: { instances: { x: { socket: /run/h.sock } } }', 'told'],
  ])('takes a router that must persist %s', (name, text, persist) => {
    expect(loadSettings({ env: ENV, file: fileWith(`persists ${name.length}.yaml`, `routers: { a: { ${text} } }`) }).operator.routers['a']).toMatchObject({ persist });
  });

  it('refuses a file that is no YAML', () => {
    expect(inConfig('broken.yaml', 'routers: [')).toEqual([join(folder, 'broken.yaml')]);
  });
});

describe('describeSettings', () => {
  it('shows no secret', () => {
    const file = fileWith('secrets.yaml', `
routers: { dev: { embedded: { url: "http://user:hunter2@127.0.0.1:8081/?token=hunter2", token: hunter2 } } }
targets: { hosts: { command: { launch: [up, --password, hunter2], status: [ps, hunter2], retire: [down, hunter2] } } }
prometheus: { default: { url: "http://user:hunter2@127.0.0.1:9090" } }
repositories: { offsite: { restic: { repository: "s3:x", password: { secret: P }, env: { AWS_SECRET_ACCESS_KEY: hunter2 } } } }
`);
    const settings = loadSettings({ env: { ...ENV, SLIPWAY_ADMIN_KEY: 'slp_hunter2_hunter2', SLIPWAY_TEMPORAL_UI_URL: 'http://user:hunter2@ui' }, file });
    expect(JSON.stringify(settings)).toContain('hunter2');
    expect(JSON.stringify(describeSettings(settings))).not.toContain('hunter2');
  });

  it('shows which secret is named', () => {
    const file = fileWith('named.yaml', 'routers: { dev: { embedded: { url: "http://127.0.0.1:8081", token: { secret: ROUTER } } } }');
    expect(describeSettings(loadSettings({ env: ENV, file }))).toMatchObject({ operator: { routers: { dev: { token: { secret: 'ROUTER' } } } } });
  });
});
