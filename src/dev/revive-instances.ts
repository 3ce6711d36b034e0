import { join } from 'node:path';
import type { Slot } from '../domain/router/entry.js';
import { isAlive } from '../programs/process-identity.js';
import { type InstanceRecord, instanceRecords } from '../targets/process/instance-record.js';
import { createProcessTarget, type ProcessTargetOptions } from '../targets/process/process-target.js';

/**
 * Starts again what ran when the stack was stopped: the router and a deployment under way know these instances by their addresses, which they get back.
 *
 * @returns how many were started
 */
export async function reviveInstances(options: ProcessTargetOptions): Promise<number> {
  const dead = instanceRecords(join(options.stateFolder, 'run')).all().filter((record) => record.target === options.name && !isAlive(record));
  const target = createProcessTarget(options);
  for (const group of groupsOf(dead)) {
    const { service, environment, slot, deployment, version, with: given } = group.first;
    await target.launch({ service, environment, slot, deployment, version, with: given, instances: group.instances });
  }
  return dead.length;
}

interface Group {
  readonly first: InstanceRecord;
  /** How many instances the deployment has: they are numbered from 1, and the highest may be the only one that is dead. */
  readonly instances: number;
}

function groupsOf(records: readonly InstanceRecord[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const record of records) {
    const key = keyOf(record);
    const before = groups.get(key);
    groups.set(key, { first: before?.first ?? record, instances: Math.max(before?.instances ?? 0, numberOf(record)) });
  }
  return [...groups.values()];
}

function keyOf({ service, environment, slot, deployment }: { service: string; environment: string; slot: Slot; deployment: string }): string {
  return [service, environment, slot, deployment].join(' ');
}

function numberOf({ id }: InstanceRecord): number {
  return Number(/-(\d+)$/.exec(id)?.[1] ?? 1);
}
