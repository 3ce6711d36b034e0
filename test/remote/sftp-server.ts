import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { startProgram } from '../support/stack/program.js';
import type { RemoteServer } from './remote-server.js';

const run = promisify(execFile);
/** A program that forks itself must be named by its whole path. */
const SSHD = '/usr/sbin/sshd';

/** OpenSSH's server, which lets one key in, and its client. */
export async function startSftpServer(): Promise<RemoteServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sftp-'));
  const port = await freePort();
  for (const name of ['host', 'known', 'unknown']) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  await copyFile(join(folder, 'known.pub'), join(folder, 'authorized'));
  await writeFile(join(folder, 'hosts'), `[127.0.0.1]:${port} ${await readFile(join(folder, 'host.pub'), 'utf8')}`);
  await writeFile(join(folder, 'sshd.conf'), configuration(folder, port));
  await chmod(folder, 0o700);
  // Root's sshd wants it; the system makes it where sshd is a service.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const server = await startProgram({
    name: 'sshd', command: [SSHD, '-D', '-e', '-f', join(folder, 'sshd.conf')], env: {}, cwd: folder, groups: { watch: () => undefined, release: () => undefined },
    isReady: () => listens(port),
  });
  const by = (key: string) => ({ 'sftp.args': `-F none -i ${join(folder, key)} -o IdentitiesOnly=yes -o UserKnownHostsFile=${join(folder, 'hosts')}` });
  return {
    place: async (name) => ({ repository: `sftp://${userInfo().username}@127.0.0.1:${port}/${join(folder, name)}`, behind: join(folder, name), options: by('known') }),
    stranger: { options: by('unknown') },
    async close() {
      await server.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number): string {
  return [
    'ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${join(folder, 'host')}`, `AuthorizedKeysFile ${join(folder, 'authorized')}`, 'PidFile none', 'StrictModes no',
    'UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'PermitRootLogin prohibit-password', 'Subsystem sftp internal-sftp', '',
  ].join('\n');
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false))).finally(() => socket.destroy());
}
