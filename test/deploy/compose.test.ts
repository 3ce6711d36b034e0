import { describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { parseDefinition } from '../../src/definition/parse-definition.js';
import { haproxyConfig, haproxyMap } from '../../src/routers/haproxy/haproxy-config.js';
import { catalogueOf } from '../../src/settings/catalogue.js';
import { checkReferences } from '../../src/settings/check-references.js';
import { loadSettings } from '../../src/settings/load-settings.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (file: string) => readFile(join(root, file), 'utf8');

/** The plugin where it is installed, else the program of its own; undefined when neither is. */
function composeCommand(): readonly [string, ...string[]] | undefined {
  return ([['docker', 'compose'], ['docker-compose']] as const).find(([file, ...args]) => runs(file, [...args, 'version']));
}

function runs(file: string, args: readonly string[]): boolean {
  try {
    execFileSync(file, [...args], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

function available<T>(what: T | undefined | false, name: string): T | undefined {
  if (what) return what;
  if (process.env['CI'] === 'true') throw new Error(`${name} is not installed; in CI every program must be`);
  process.stderr.write(`skipped: ${name} is not installed\n`);
  return undefined;
}

const compose = available(composeCommand(), 'docker compose');
const haproxy = available(runs('haproxy', ['-v']) && 'haproxy', 'haproxy');

describe('docker-compose.yml', () => {
  (compose ? it : it.skip)('is accepted without any setting', async () => {
    const [file, ...args] = compose ?? ['docker-compose'];
    await expect(run(file, [...args, '-f', join(root, 'docker-compose.yml'), 'config', '-q'], { env: { PATH: process.env['PATH'] }, timeout: 30_000 })).resolves.toBeDefined();
  }, 40_000);

  it('opens ports on loopback only', async () => {
    const { services }: { services: Record<string, { ports?: readonly string[] }> } = parse(await text('docker-compose.yml'), { merge: true });
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(ports).not.toEqual([]);
  });

  it('gives every service of its own build a stage of the Dockerfile', async () => {
    const { services }: { services: Record<string, { build?: { target: string } }> } = parse(await text('docker-compose.yml'), { merge: true });
    const stages = [...(await text('Dockerfile')).matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage);
    const targets = Object.values(services).flatMap(({ build }) => (build === undefined ? [] : [build.target]));
    expect(stages).toEqual(expect.arrayContaining(targets));
  });
});

describe('the configuration of the compose file', () => {
  const haproxyOptions = { backend: 'storefront', frontendPort: 8080, socket: '/run/haproxy/admin.sock', mapFolder: '/var/lib/haproxy', stateFile: '/var/lib/haproxy/servers.state' };

  it('has the HAProxy configuration that Slipway prints', async () => {
    expect(await text('deploy/compose/haproxy.cfg')).toBe(haproxyConfig(haproxyOptions));
  });

  it('starts HAProxy with the map that Slipway prints', async () => {
    expect(await text('deploy/compose/prepare.sh')).toContain(`'${haproxyMap('storefront').trim()}\\n'`);
  });

  (haproxy ? it : it.skip)('is a configuration that HAProxy accepts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-compose-'));
    const file = join(folder, 'haproxy.cfg');
    await writeFile(join(folder, 'storefront.map'), haproxyMap('storefront'));
    await writeFile(file, haproxyConfig({ ...haproxyOptions, socket: join(folder, 'admin.sock'), mapFolder: folder, stateFile: join(folder, 'servers.state') }));
    await expect(run('haproxy', ['-c', '-q', '-f', file], { timeout: 20_000 })).resolves.toBeDefined();
  });

  it('is accepted as settings, and its service refers only to what it declares', async () => {
    const settings = loadSettings({ env: { SLIPWAY_DATABASE_URL: 'postgres://localhost/slipway' }, file: join(root, 'deploy/compose/slipway.config.yaml') });
    const { environments } = parseDefinition(parse(await text('deploy/compose/storefront.slipway.yaml')), { service: 'storefront' });
    expect(checkReferences(environments, catalogueOf(settings.operator))).toEqual([]);
  });
});

describe('the images', () => {
  it('do not run as root', async () => {
    const stages = (await text('Dockerfile')).split(/^FROM /m).slice(1);
    const last = stages.filter((stage) => /^CMD/m.test(stage));
    const users = stages.filter((stage) => /^USER node$/m.test(stage)).map((stage) => / AS (\S+)/.exec(stage)?.[1]);
    expect(last.map((stage) => / AS (\S+)/.exec(stage)?.[1]).sort()).toEqual(['api', 'storefront', 'worker']);
    // api and worker have theirs from the stage that both build on.
    expect(users.sort()).toEqual(['runtime', 'storefront']);
  });
});
