import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { routerCommand } from '../../src/cli/router/router-command.js';
import { parseDuration } from '../../src/domain/duration.js';
import { environmentVariables } from '../../src/settings/environment-schema.js';
import { readEnvironment } from '../../src/settings/read-environment.js';
import { whenInstalled } from '../support/programs.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
/** With what stands behind a # as if it were wanted. */
const wanted = (file: string): string => text(file).replace(/^#(?=[A-Za-z_]+=)/gm, '');

const UNITS = ['slipway-api.service', 'slipway-worker.service'] as const;
type Unit = (typeof UNITS)[number];

const unit = (name: Unit): string => text(`deploy/systemd/${name}`);
const valuesOf = (content: string, key: string): readonly string[] => [...content.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
const milliseconds = (value: string | undefined): number => parseDuration(value ?? '') ?? Number.NaN;

/** Of lines `NAME=value`. */
function variables(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

const setBy = (name: Unit) => variables(valuesOf(unit(name), 'Environment'));
const given = variables(text('deploy/systemd/slipway.env').split('\n').filter((line) => /^[A-Z_]+=/.test(line)));
const offered = variables(wanted('deploy/systemd/slipway.env').split('\n').filter((line) => /^[A-Z_]+=/.test(line)));

whenInstalled(['systemd-analyze'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-units-'));
  for (const name of UNITS) writeFileSync(join(folder, name), unit(name).replace('/usr/bin/node', process.execPath));
  mkdirSync(join(folder, 'slipway-worker.service.d'));
  writeFileSync(join(folder, 'slipway-worker.service.d', 'host.conf'), wanted('deploy/systemd/host.conf'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function analyze(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['--no-pager', ...args], { encoding: 'utf8', timeout: 60_000 });
    return { status, said: stdout + stderr };
  }

  describe.each(UNITS)('systemd, about %s', (name) => {
    it('understands every line, and those of the drop-in', () => {
      expect(analyze('verify', '--man=no', '--recursive-errors=no', join(folder, name))).toEqual({ status: 0, said: '' });
    }, 70_000);

    it('finds it little exposed', () => {
      const { status, said } = analyze('security', '--offline=true', '--threshold=30', join(root, 'deploy/systemd', name));
      expect({ status, said: status === 0 ? '' : said }).toEqual({ status: 0, said: '' });
    }, 70_000);
  });
});

describe('the settings of the units', () => {
  it.each(UNITS)('are known, those of %s with everything in slipway.env', (name) => {
    expect(readEnvironment({ ...setBy(name), ...offered }).problems).toEqual([]);
    expect(readEnvironment({ ...setBy(name), ...given }).problems).toEqual([]);
  });

  it('are all there are, but for the key itself', () => {
    const named = [...UNITS.flatMap((name) => Object.keys(setBy(name))), ...Object.keys(offered)];
    expect(Object.keys(environmentVariables.shape).filter((variable) => !named.includes(variable))).toEqual(['SLIPWAY_ADMIN_KEY']);
  });

  it('of a unit are not set again by slipway.env, which would go first', () => {
    expect(Object.keys(offered).filter((variable) => UNITS.some((name) => variable in setBy(name)))).toEqual([]);
  });

  it('that slipway.env offers are the defaults, where there are some', () => {
    const defaults = environmentVariables.parse({ SLIPWAY_DATABASE_URL: offered['SLIPWAY_DATABASE_URL'] });
    expect(offered).toMatchObject(defaults);
  });

  it('lead to Temporal as its own reader takes them', () => {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: { ...offered }, disableFile: true });
    expect({ address: connectionOptions.address, apiKey: connectionOptions.apiKey, namespace })
      .toEqual({ address: offered['TEMPORAL_ADDRESS'], apiKey: offered['TEMPORAL_API_KEY'], namespace: offered['TEMPORAL_NAMESPACE'] });
    expect(connectionOptions.tls).toBeTruthy();
  });
});

describe('the drop-in of a host', () => {
  it('lets the worker use the HAProxy that Slipway prints: the group of its socket, the folder of its files', async () => {
    const printed: string[] = [];
    const command = routerCommand((part) => void printed.push(part));
    await command.parseAsync(['config', 'haproxy', '--service', 'shop', '--environment', 'test'], { from: 'user' });
    const config = printed.join('');
    const group = /stats socket \S+ .*group (\S+)/.exec(config)?.[1];
    const files = [/server-state-file (\S+)/.exec(config)?.[1] ?? '', /map\(([^,]+),/.exec(config)?.[1] ?? ''];
    expect(valuesOf(wanted('deploy/systemd/host.conf'), 'SupplementaryGroups')).toEqual([group]);
    expect(valuesOf(wanted('deploy/systemd/host.conf'), 'ReadWritePaths')).toEqual(expect.arrayContaining(files.map((file) => dirname(file))));
  });
});

describe('the units', () => {
  it.each(UNITS)('start what is built: %s', (name) => {
    const [program = ''] = valuesOf(unit(name), 'ExecStart').map((command) => command.split(' ').at(-1) ?? '');
    expect(program).toMatch(/^dist\/src\/\w+\/main\.js$/);
    expect(existsSync(join(root, program.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
  });

  it.each(UNITS)('find secrets where systemd puts them: %s', (name) => {
    expect(setBy(name)['SLIPWAY_SECRETS_FOLDER']).toBe('%d');
  });

  it('stage in the folder that systemd makes for the worker', () => {
    const [folder = ''] = valuesOf(unit('slipway-worker.service'), 'StateDirectory');
    expect(folder).not.toBe('');
    expect(setBy('slipway-worker.service')['SLIPWAY_STAGING_FOLDER']).toMatch(new RegExp(`^%S/${folder}/`));
  });

  it('leave the end of programs to the guardian, and instances alone', () => {
    expect(valuesOf(unit('slipway-worker.service'), 'KillMode')).toEqual(['process']);
  });

  it('let the guardian see when the machine started', () => {
    expect(valuesOf(unit('slipway-worker.service'), 'ProcSubset')).toEqual([]);
  });

  it('give the worker longer to stop than its work and then its programs may take', () => {
    const force = milliseconds(/shutdownForceTime: '(\w+)'/.exec(text('src/worker/start-workers.ts'))?.[1]);
    const programs = Number(/GRACE_MS = ([\d_]+)/.exec(text('src/programs/guardian-main.ts'))?.[1]?.replaceAll('_', ''));
    const [stop] = valuesOf(unit('slipway-worker.service'), 'TimeoutStopSec');
    expect(force + programs).toBeGreaterThan(0);
    expect(milliseconds(stop)).toBeGreaterThan(force + programs);
  });

  it('give the API longer to stop than its requests may take', () => {
    const grace = Number(/GRACE_MS = ([\d_]+)/.exec(text('src/api/main.ts'))?.[1]?.replaceAll('_', ''));
    const [stop] = valuesOf(unit('slipway-api.service'), 'TimeoutStopSec');
    expect(grace).toBeGreaterThan(0);
    expect(milliseconds(stop)).toBeGreaterThan(grace);
  });
});
