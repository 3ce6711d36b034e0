import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
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

export interface TemporalServerOptions {
  /** @default one that is free */
  readonly port?: number;
  /** @default in memory */
  readonly databaseFile?: string;
}

const ATTEMPTS = 5;

/** A real dev server of its own. */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  // Another program may take a port between the look and the bind.
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const started = await start(options.port ?? await freePort(), options.databaseFile);
    if (started) return started;
  }
  throw new Error('the Temporal dev server did not come up');
}

/** Answers undefined when it ended before it served. */
async function start(port: number, databaseFile: string | undefined): Promise<TemporalServer | undefined> {
  const child = spawn(temporalCli(), [
    'server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'never',
    ...ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]), '--search-attribute', 'SlipwayAwaitingApproval=Bool',
    '--dynamic-config-value', 'system.enableCancelActivityWorkerCommand=true', '--dynamic-config-value', 'frontend.WorkerCommandsEnabled=true',
    ...(databaseFile ? ['--db-filename', databaseFile] : []),
  ], { stdio: 'ignore' });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await until(hasEnded, 20_000);
  };
  const address = `127.0.0.1:${port}`;
  if ((await until(async () => hasEnded() || (await serves(address)), 60_000, 100)) && !hasEnded()) return { address, port, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
  await end('SIGKILL');
  return undefined;
}

async function serves(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + 1_000, () => connection.workflowService.describeNamespace({ namespace: 'default' }));
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
