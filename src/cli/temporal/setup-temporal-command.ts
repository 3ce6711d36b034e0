import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Command } from 'commander';
import { makeBuildCurrent } from './make-build-current.js';
import { registerAttributes } from './register-attributes.js';
import { patientServer } from './patient-server.js';
import { readVersioning, type Environment } from './read-versioning.js';

/** `slipway setup-temporal`. */
export function setupTemporalCommand(env: Environment, print: (text: string) => void): Command {
  return new Command('setup-temporal')
    .description('Register the search attributes with the namespace; with SLIPWAY_WORKER_VERSIONING set, make that build the current one. Safe to repeat.')
    .action(() => setupTemporal(env, print));
}

/** How long a server, or the first poll of a build, is waited for. */
const PATIENCE_MS = 60_000;

/**
 * Prepares the namespace that `TEMPORAL_*` names, and tells what it did.
 *
 * @throws SETTINGS_INVALID, TEMPORAL_UNAVAILABLE after a minute, TEMPORAL_NOT_PREPARED, WORKER_BUILD_UNKNOWN
 */
export async function setupTemporal(env: Environment, print: (text: string) => void, patienceMs: number = PATIENCE_MS): Promise<void> {
  const versioning = readVersioning(env);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars: setOnly(env) });
  const connection = Connection.lazy(connectionOptions);
  const say = (line: string): void => print(`${line}\n`);
  try {
    const server = patientServer({ connection, namespace, patienceMs, say });
    say(`namespace ${namespace} at ${connectionOptions.address ?? 'the default address'}`);
    await registerAttributes(server, say);
    if (versioning) await makeBuildCurrent(server, versioning, say);
    else say('worker versioning: off (SLIPWAY_WORKER_VERSIONING is not set)');
  } finally {
    await connection.close();
  }
}

function setOnly(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
