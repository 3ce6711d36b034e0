import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.js';
import { createApiUser, type ApiUser } from './api-user.js';
import type { Home } from './home.js';
import { answersOk, built, startProgram, type Program } from './program.js';

const KEY = 'slp_key_of_the_tests_0123456789';
const STOREFRONT = fileURLToPath(new URL('../../../examples/storefront/server.mjs', import.meta.url));

export interface SlipwayStackOptions {
  readonly home: Home;
  readonly temporal: { readonly address: string };
  readonly database: { readonly url: string };
  /** `routers` of the operator's file; the one that is used is named `edge`. */
  readonly routers: object;
  /** `repositories` of the operator's file. @default none */
  readonly repositories?: object;
  /** How the example answers, on top of what its versions do. @default as they do */
  readonly storefront?: Readonly<Record<string, string>>;
  /** For the worker. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The API and workers as processes, from the build, with the example as processes on this host. */
export interface SlipwayStack {
  readonly api: ApiUser;
  /** The first of them. */
  readonly worker: Program;
  startWorker(env?: Readonly<Record<string, string>>): Promise<Program>;
  /** Ends API and workers at once. */
  close(): Promise<void>;
}

export async function startSlipway(options: SlipwayStackOptions): Promise<SlipwayStack> {
  const { home: { folder, guardian } } = options;
  const config = join(folder, 'slipway.config.yaml');
  const { routers, repositories = {} } = options;
  await writeFile(config, JSON.stringify({ singleHost: true, routers, repositories, targets: { local: { process: await instances(folder, options) } } }));
  const env = {
    SLIPWAY_DATABASE_URL: options.database.url, SLIPWAY_CONFIG: config, SLIPWAY_ADMIN_KEY: KEY, SLIPWAY_LOG_LEVEL: 'warn', TEMPORAL_ADDRESS: options.temporal.address,
  };
  const programs: Program[] = [];
  const start = async (name: 'api' | 'worker', port: number, own: Readonly<Record<string, string>>): Promise<Program> => {
    const program = await startProgram({
      name, command: [process.execPath, '--enable-source-maps', built(`${name}/main.js`)], env: { ...env, ...own }, cwd: folder, groups: guardian,
      isReady: () => answersOk(`http://127.0.0.1:${port}/readyz`),
    });
    programs.push(program);
    return program;
  };
  const startWorker = async (own: Readonly<Record<string, string>> = {}): Promise<Program> => {
    const healthPort = await freePort();
    return start('worker', healthPort, { SLIPWAY_METRICS_PORT: String(healthPort), ...options.env, ...own });
  };
  const port = await freePort();
  // Together: the API is ready only when a worker polls.
  const [worker] = await Promise.all([startWorker(), start('api', port, { SLIPWAY_PORT: String(port) })]);
  return {
    worker, startWorker, api: createApiUser(`http://127.0.0.1:${port}`, KEY),
    close: async () => {
      // A worker that stops by SIGTERM finishes its work first; here nothing is left that is worth it.
      await Promise.all(programs.map((program) => program.end('SIGKILL')));
    },
  };
}

/** A range that begins somewhere, so that files that run at the same time hardly meet. */
async function instances(folder: string, { storefront = {} }: SlipwayStackOptions): Promise<object> {
  const first = await freePort();
  const set = Object.entries({ CLOSE_DELAY_MS: '50', ...storefront }).map(([name, value]) => `${name}=${value}`);
  return { command: ['env', ...set, process.execPath, STOREFRONT], ports: `${first}-${first + 200}`, folder };
}
