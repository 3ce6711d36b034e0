import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { fillPlaceholders } from '../../domain/service/placeholders.js';
import { startTimeOf } from '../../programs/process-identity.js';
import { type Environment, programEnvironment } from '../../programs/program-environment.js';
import { fillWith } from '../fill-with.js';
import { launchValues, valuesAsEnvironment, withAsEnvironment } from '../request-values.js';
import type { LaunchRequest } from '../target.js';
import type { InstanceRecord } from './instance-record.js';

export interface InstanceStart {
  readonly target: string;
  readonly command: readonly string[];
  readonly request: LaunchRequest;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly env: Environment;
  readonly logFolder: string;
  /** Called in the same turn in which the process began, so that a crash of the worker leaves none without a record. */
  readonly record: (record: InstanceRecord) => void;
}

/** Starts one process in a group of its own, its output going to `<logFolder>/<id>.log`. @throws LAUNCH_FAILED, DEFINITION_INVALID */
export async function startInstance(start: InstanceStart): Promise<void> {
  const { request, id, host, port } = start;
  const values = { ...launchValues(request), instance: id, port: String(port) };
  const [file = '', ...args] = start.command.map((argument) => fillPlaceholders(argument, values));
  const env = {
    ...start.env, ...withAsEnvironment(fillWith(request.with, values)), ...valuesAsEnvironment(values), HOST: host, PORT: String(port),
  };
  mkdirSync(start.logFolder, { recursive: true });
  const log = openSync(join(start.logFolder, `${request.service}.${request.environment}.${request.slot}.${id}.log`), 'a', 0o600);
  try {
    const child = spawn(file, args, { detached: true, stdio: ['ignore', log, log], env: programEnvironment(process.env, env) });
    if (child.pid === undefined) throw notStarted(file, (await once(child, 'error'))[0]);
    child.on('error', () => undefined);
    child.unref();
    const { service, environment, slot, deployment, version } = request;
    // A process that has ended already has no start time any more; it is recorded all the same, as one that is stopped.
    const startTime = startTimeOf(child.pid) ?? 'ended';
    start.record({ pid: child.pid, startTime, target: start.target, service, environment, slot, id, deployment, version, host, port, with: request.with });
  } finally {
    closeSync(log);
  }
}

function notStarted(file: string, cause: unknown): SlipwayError {
  return new SlipwayError('LAUNCH_FAILED', `${file} cannot be started: ${messageOf(cause)}. It must be on the PATH of the worker and executable.`, { cause });
}
