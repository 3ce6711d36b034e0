import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import { endGroup } from '../../programs/process-group.js';
import { isAlive } from '../../programs/process-identity.js';
import type { Environment } from '../../programs/program-environment.js';
import { isMeant } from '../is-meant.js';
import type { LaunchRequest, Target, TargetInstance } from '../target.js';
import { claimed } from './claim.js';
import { freePort, type PortRange } from './free-port.js';
import { type InstanceRecord, instanceRecords } from './instance-record.js';
import { startInstance } from './start-instance.js';

export interface ProcessTargetOptions {
  readonly name: string;
  /** May hold placeholders; each element stays one argument. */
  readonly command: readonly string[];
  readonly portRange: PortRange;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** Gets `run/` with a record and `logs/` with the output of each instance. One folder may serve several targets. */
  readonly stateFolder: string;
  /** Beside the worker's own environment, of which `SLIPWAY_*` and `TEMPORAL_*` are never passed on. */
  readonly env?: Environment;
  /** Between SIGTERM and SIGKILL. @default 10 s */
  readonly graceMs?: number;
}

/**
 * Instances that are processes of this host, for development and demonstrations. They outlive the worker; the next one finds them by their
 * records. An instance is `running` while its process lives: whether it is well is for probes to say.
 */
export function createProcessTarget(options: ProcessTargetOptions): Target {
  const { name, host = '127.0.0.1', graceMs = 10_000 } = options;
  const folder = join(options.stateFolder, 'run');
  mkdirSync(folder, { recursive: true });
  const records = instanceRecords(folder);

  async function startMissing(request: LaunchRequest, signal: AbortSignal | undefined): Promise<void> {
    for (let number = 1; number <= request.instances; number += 1) {
      signal?.throwIfAborted();
      const id = `${request.deployment}-${number}`;
      const before = records.of(name, request).find((record) => record.id === id);
      if (before && isAlive(before)) continue;
      const taken = new Set(records.all().filter(isAlive).map((record) => record.port));
      // An instance that died keeps its address where it can: routers know it by that.
      const port = await freePort(host, options.portRange, taken, before?.port);
      const { command, env = {} } = options;
      await startInstance({ target: name, command, request, id, host, port, env, logFolder: join(options.stateFolder, 'logs'), record: records.write });
    }
  }

  async function end(record: InstanceRecord): Promise<void> {
    if (isAlive(record) && !(await endGroup(record.pid, graceMs))) {
      throw new SlipwayError('TARGET_UNREACHABLE', `The instance ${record.id} (process ${record.pid}) does not end, not even by SIGKILL.`);
    }
    records.delete(record);
  }

  return {
    name,
    async launch(request, signal) {
      signal?.throwIfAborted();
      // The choice of a port and the process that takes it must not be torn apart by another launch.
      await claimed(join(folder, '.launching'), () => startMissing(request, signal));
      return records.of(name, request).filter((record) => record.deployment === request.deployment).map(instanceOf);
    },
    async status(ref, signal) {
      signal?.throwIfAborted();
      return records.of(name, ref).map(instanceOf);
    },
    async retire(request, signal) {
      signal?.throwIfAborted();
      await Promise.all(records.of(name, request).filter((record) => isMeant(record, request)).map(end));
    },
  };
}

function instanceOf(record: InstanceRecord): TargetInstance {
  const { id, host, port, deployment, version } = record;
  return { id, address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, deployment, version, state: isAlive(record) ? 'running' : 'stopped' };
}
