import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { startProgram } from '../support/stack/program.js';
import type { RemotePlace, RemoteServer } from './remote-server.js';

const ACCESS = { AWS_ACCESS_KEY_ID: 'slipway', AWS_SECRET_ACCESS_KEY: 'a secret of the tests' };

/** A gateway that serves buckets of S3 from the folders below one folder. */
export async function startS3Server(): Promise<RemoteServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-s3-'));
  const port = await freePort();
  const gateway = await startProgram({
    name: 'versitygw', command: ['versitygw', '--port', `127.0.0.1:${port}`, '--quiet', 'posix', folder], cwd: folder,
    env: { ROOT_ACCESS_KEY: ACCESS.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: ACCESS.AWS_SECRET_ACCESS_KEY },
    groups: { watch: () => undefined, release: () => undefined },
    isReady: () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false),
  });
  return {
    async place(name) {
      await mkdir(join(folder, name));
      return { repository: `s3:http://127.0.0.1:${port}/${name}/vault`, behind: join(folder, name, 'vault'), env: async () => ACCESS } satisfies RemotePlace;
    },
    stranger: { env: async () => ({ ...ACCESS, AWS_SECRET_ACCESS_KEY: 'another secret' }) },
    async close() {
      await gateway.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
