import { describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { parseDefinition } from '../../src/definition/parse-definition.js';
import { parseDuration } from '../../src/domain/duration.js';
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

interface ComposeService {
  readonly ports?: readonly string[];
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly hostname?: string;
  readonly stop_grace_period?: string;
}

async function composeServices(): Promise<Readonly<Record<string, ComposeService>>> {
  const { services }: { services: Record<string, ComposeService> } = parse(await text('docker-compose.yml'), { merge: true });
  return services;
}

describe('docker-compose.yml', () => {
  (compose ? it : it.skip)('is accepted without any setting', async () => {
    const [file, ...args] = compose ?? ['docker-compose'];
    await expect(run(file, [...args, '-f', join(root, 'docker-compose.yml'), 'config', '-q'], { env: { PATH: process.env['PATH'] }, timeout: 30_000 })).resolves.toBeDefined();
  }, 40_000);

  it('opens ports on loopback only', async () => {
    const ports = Object.values(await composeServices()).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(ports).not.toEqual([]);
  });

  it('gives every service of its own build a stage of the Dockerfile', async () => {
    const stages = [...(await text('Dockerfile')).matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage);
    const targets = Object.values(await composeServices()).flatMap(({ build }) => (build === undefined ? [] : [build.target]));
    expect(stages).toEqual(expect.arrayContaining(targets));
  });
});

describe('the processes of the compose file', () => {
  it.each(['api', 'worker'])('are given as long to stop as by systemd: %s', async (name) => {
    const [, stop] = /^TimeoutStopSec=(\w+)$/m.exec(await text(`deploy/systemd/slipway-${name}.service`)) ?? [];
    expect(stop).toBeDefined();
    expect((await composeServices())[name]?.stop_grace_period).toBe(stop);
  });
});

describe('the worker of the compose file', () => {
  it('keeps its name, as restic knows its own locks by it', async () => {
    expect((await composeServices())['worker']?.hostname).toBe('worker');
  });

  it('is given longer to stop than its work may take to hand over', async () => {
    const force = /shutdownForceTime: '(\w+)'/.exec(await text('src/worker/start-workers.ts'))?.[1] ?? '';
    const grace = (await composeServices())['worker']?.stop_grace_period ?? '';
    expect(parseDuration(force)).toBeGreaterThan(0);
    expect(parseDuration(grace)).toBeGreaterThan(parseDuration(force) ?? Number.NaN);
  });

  it('has every folder that its settings name on a volume', async () => {
    const { environment = {}, volumes = [] } = (await composeServices())['worker'] ?? {};
    const settings = loadSettings({ env: { SLIPWAY_DATABASE_URL: 'postgres://localhost/slipway' }, file: join(root, 'deploy/compose/slipway.config.yaml') });
    const repositories = Object.values(settings.operator.repositories).map((repository) => (repository.kind === 'restic' ? repository.repository : repository.folder));
    const folders = [environment['SLIPWAY_SECRETS_FOLDER'] ?? '', environment['SLIPWAY_STAGING_FOLDER'] ?? '', ...repositories];
    const mounted = volumes.map((volume) => volume.split(':')[1] ?? '');
    expect(folders.filter((folder) => !mounted.some((path) => folder === path || folder.startsWith(`${path}/`)))).toEqual([]);
    expect(repositories).not.toEqual([]);
  });

  it('finds every secret that the settings and the definition name', async () => {
    const named = [await text('deploy/compose/slipway.config.yaml'), await text('deploy/compose/storefront.slipway.yaml')].flatMap((file) => [...file.matchAll(/secret: (\w+)/g)].map(([, name]) => name));
    const written = [...(await text('deploy/compose/prepare.sh')).matchAll(/write \/run\/slipway-secrets\/(\w+)/g)].map(([, name]) => name);
    expect(written.sort()).toEqual([...new Set(named)].sort());
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
