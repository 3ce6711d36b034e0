import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { temporalCli } from '../temporal-server.js';

const run = promisify(execFile);

/** `temporal workflow signal`, as typed by somebody who knows nothing of Slipway but a workflow's id. */
export async function signalByCli(address: string, workflowId: string, name: string, input?: object): Promise<void> {
  const args = ['workflow', 'signal', '--address', address, '--workflow-id', workflowId, '--name', name, ...(input ? ['--input', JSON.stringify(input)] : [])];
  await run(temporalCli(), args, { timeout: 20_000 });
}
