import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'node:net';
import { freePort } from './free-port.js';
import { until } from './until.js';

const ATTRIBUTES = ['SlipwayDeployment', 'SlipwayService', 'SlipwayEnvironment', 'SlipwayVersion', 'SlipwayStrategy', 'SlipwayPhase'];

export interface TemporalServer {
  readonly address: string;
  readonly port: number;
  /** SIGKILL: as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The CLI that the set-up fetched, or the one named by SLIPWAY_TEMPORAL_CLI. */
export function temporalCli(): string {
  const fetched = fileURLToPath(new URL('../../.slipway/tools/temporal', import.meta.url));
  const cli = process.env['SLIPWAY_TEMPORAL_CLI'] ?? fetched;
  if (!existsSync(cli)) throw new Error(`No Temporal CLI at ${cli}: run npm run setup.`);
  return cli;
}

/** A real dev server of its own, in memory unless a file is given. */
export async function startTemporalServer(options: { port?: number; databaseFile?: string } = {}): Promise<TemporalServer> {
  const port = options.port ?? await freePort();
  const child = spawn(temporalCli(), [
    'server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'never',
    ...ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]), '--search-attribute', 'SlipwayAwaitingApproval=Bool',
    '--dynamic-config-value', 'system.enableCancelActivityWorkerCommand=true', '--dynamic-config-value', 'frontend.WorkerCommandsEnabled=true',
    ...(options.databaseFile ? ['--db-filename', options.databaseFile] : []),
  ], { stdio: 'ignore' });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await until(() => child.exitCode !== null || child.signalCode !== null, 20_000);
  };
  if (!(await until(() => accepts(port), 60_000))) throw new Error('the Temporal dev server did not come up');
  return { address: `127.0.0.1:${port}`, port, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

/** The workflows as one bundle, built once for all test files. */
export async function bundleWorkflows(): Promise<{ path: string; remove: () => Promise<void> }> {
  const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
  const path = join(folder, 'workflow-bundle.js');
  await writeFile(path, code);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}
