import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../src/routers/contract/scene.js';
import { freePort } from '../support/free-port.js';
import { type Origin, startOrigin } from '../support/origin.js';
import { whenAvailable } from '../support/programs.js';
import { fromSource } from '../support/programs/from-source.js';
import { get } from '../support/router-scene.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(join(root, 'docs/production.md'), 'utf8');
const BACKEND = 'checkout-production';
/** Nobody's in particular: the files belong to these numbers, and no account is made. */
const [WORKER_UID, WORKER_GID] = [64_321, 64_322];

/** What the worker's program prints. */
interface Seen {
  readonly uid: number;
  readonly instance: { readonly entry?: object };
  readonly persistence: object;
}

/** What the page says under a heading, block by block. */
function blocksOf(heading: string, language: string): readonly string[] {
  const part = page.slice(page.indexOf(`\n${heading}\n`)).split(/\n#{2,3} /)[1] ?? '';
  return [...part.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, block = '']) => block);
}

/** The group that HAProxy's package makes. */
const haproxyGroup = Number(/^haproxy:[^:]*:(\d+):/m.exec(await readFile('/etc/group', 'utf8').catch(() => ''))?.[1]);

function lacking(): readonly string[] {
  const programs = spawnSync('/bin/sh', ['-c', 'command -v haproxy']).status === 0 ? [] : ['haproxy'];
  const group = Number.isNaN(haproxyGroup) ? ['the group of its package'] : [];
  return [...programs, ...group, ...(process.getuid?.() === 0 ? [] : ['the right to start a process as another user'])];
}

whenAvailable(lacking(), () => {
  describe('HAProxy on the host of a worker, as the page installs it', () => {
    const groups = { asTheUnitSays: String(haproxyGroup), ofNobody: '' };
    let host: string;
    let port: number;
    let haproxy: ChildProcess | undefined;
    let origin: Origin;

    beforeAll(async () => {
      // Root's folders of this host, in a folder of the test's own.
      host = await mkdtemp(join(tmpdir(), 'host-'));
      await chmod(host, 0o755);
      const folders = ['etc/haproxy', 'etc/slipway', 'var/lib/haproxy', 'run', 'etc/systemd/system/slipway-worker.service.d'];
      for (const folder of folders) await mkdir(join(host, folder), { recursive: true });
      // As the package's tmpfiles do.
      await promisify(execFile)('install', ['-d', '-o', 'haproxy', '-g', 'haproxy', '-m', '2775', join(host, 'run/haproxy')]);
      port = await freePort();
      origin = await startOrigin('blue');
      const drop = join(host, 'etc/systemd/system/slipway-worker.service.d/host.conf');
      await writeFile(drop, onHost(await readFile(join(root, 'deploy/systemd/host.conf'), 'utf8')));
      const [install = '', unit = ''] = blocksOf('### HAProxy on the host of a worker', 'sh');
      await asTyped(install);
      await asTyped(unit);
      const [config = ''] = blocksOf('### HAProxy on the host of a worker', 'yaml');
      await writeFile(join(host, 'etc/slipway/slipway.config.yaml'), onHost(config));
      await startHaproxy();
    }, 60_000);
    afterAll(async () => {
      await killHaproxy();
      await origin.die();
      await rm(host, { recursive: true, force: true });
    });

    it('lets the unit do what the worker needs, and no more', async () => {
      const drop = await readFile(join(host, 'etc/systemd/system/slipway-worker.service.d/host.conf'), 'utf8');
      const said = drop.split('\n').filter((line) => /^[A-Z]\w+=/.test(line));
      expect(said).toEqual(['SupplementaryGroups=haproxy', `ReadWritePaths=${join(host, 'var/lib/haproxy/slipway')}`]);
      const { mode, uid, gid } = await stat(join(host, 'var/lib/haproxy/slipway'));
      expect([mode & 0o7777, uid, gid]).toEqual([0o2755, WORKER_UID, haproxyGroup]);
    });

    it('has the socket closed to a user without the group', async () => {
      const { instance } = await worker('start', groups.ofNobody);
      expect(instance).toMatchObject({ ok: false, code: 'ROUTER_UNREACHABLE', detail: expect.stringContaining('EACCES') });
    });

    it('is written by a worker without rights at its start', async () => {
      const started = await worker('start', groups.asTheUnitSays);
      expect(started).toMatchObject({ uid: WORKER_UID, instance: { ok: true }, persistence: { persisted: 'yes' } });
    });

    it('loses nothing when HAProxy is killed and starts again', async () => {
      const deployed = await worker('deploy', groups.asTheUnitSays);
      expect(deployed).toMatchObject({ instance: { ok: true, entry: { stable: 'blue' } }, persistence: { persisted: 'yes' } });
      await killHaproxy();
      await startHaproxy();
      const { instance } = await worker('look', groups.asTheUnitSays);
      expect(instance).toMatchObject({ ok: true, entry: deployed.instance.entry, slots: { blue: { servers: [{ address: origin.address, up: true }] } } });
      expect((await get(port, '/')).headers['x-served-by']).toBe('blue');
    });

    it('has files that HAProxy’s user and the operators can read, and nothing else', async () => {
      const folder = join(host, 'var/lib/haproxy/slipway');
      expect((await readdir(folder)).sort()).toEqual([`${BACKEND}.map`, 'servers.state']);
      for (const name of await readdir(folder)) {
        const { mode, uid, gid } = await stat(join(folder, name));
        expect([name, mode & 0o777, uid, gid]).toEqual([name, 0o644, WORKER_UID, haproxyGroup]);
      }
    });

    it('says which file it cannot write where the folder is root’s', async () => {
      const folder = join(host, 'var/lib/haproxy/slipway');
      await promisify(execFile)('chown', ['root:root', folder]);
      const { persistence } = await worker('start', groups.asTheUnitSays);
      await promisify(execFile)('chown', [`${WORKER_UID}:haproxy`, folder]);
      expect(persistence).toEqual({ persisted: 'no', detail: expect.stringMatching(/EACCES.*checkout-production\.map/) });
    });

    /** The same on this host: its folders, a free port, the sources, numbers for the account. What would change the machine is left out. */
    function onHost(text: string): string {
      const cli = fromSource(new URL('../../src/cli/main.ts', import.meta.url)).join(' ');
      const moved = `sed -E 's#([ (])(/run/|/var/lib/)#\\1${host}\\2#g'`;
      return text.replaceAll(/(?<=^|[\s|(=:"])(?=\/(?:etc|run|var\/lib)\/)/gm, host)
        .replaceAll('-o slipway', `-o ${WORKER_UID}`).replace('--port 80 ', `--port ${port} `)
        .replaceAll('node /opt/slipway/dist/src/cli/main.js "$@"', `${cli} "$@" | ${moved}`);
    }

    async function asTyped(block: string): Promise<void> {
      const elsewhere = 'apt-get() { :; }; systemctl() { :; }\n';
      await promisify(execFile)('bash', ['-euc', elsewhere + onHost(block)], { cwd: root, timeout: 40_000 });
    }

    async function startHaproxy(): Promise<void> {
      // As the unit of Debian's package starts it, but for telling systemd.
      haproxy = spawn('haproxy', ['-W', '-db', '-q', '-f', join(host, 'etc/haproxy/haproxy.cfg')], { stdio: 'ignore' });
      await eventually('HAProxy listens', async () => get(port, '/').then(() => true, () => false));
    }

    async function killHaproxy(): Promise<void> {
      if (!haproxy || haproxy.exitCode !== null || haproxy.signalCode !== null) return;
      const gone = once(haproxy, 'exit');
      haproxy.kill('SIGKILL');
      await gone;
      await eventually('its worker is gone', async () => get(port, '/').then(() => false, () => true));
    }

    async function worker(action: string, groupIds: string): Promise<Seen> {
      const [node, ...rest] = fromSource(new URL('../support/programs/unprivileged-worker.ts', import.meta.url));
      const config = join(host, 'etc/slipway/slipway.config.yaml');
      const args = [...rest, action, config, BACKEND, origin.address, String(WORKER_UID), String(WORKER_GID), groupIds];
      const { stdout } = await promisify(execFile)(node, args, { timeout: 30_000 });
      return JSON.parse(stdout) as Seen; // the program prints it
    }
  });
});
