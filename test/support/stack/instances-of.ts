import { join } from 'node:path';
import { instanceRecords, type InstanceRecord } from '../../../src/targets/process/instance-record.js';
import type { Home } from './home.js';

/** The example's instances that a deployment has launched and not stopped. */
export function instancesOf({ folder }: Home, deployment: string): readonly InstanceRecord[] {
  return instanceRecords(join(folder, 'run')).all().filter((record) => record.deployment === deployment);
}

/** Makes them misbehave from the next request on. */
export async function upset(instances: readonly InstanceRecord[], behaviour: { readonly errorRate?: number; readonly healthy?: boolean }): Promise<void> {
  await Promise.all(instances.map(async ({ port }) => {
    const response = await fetch(`http://127.0.0.1:${port}/chaos`, { method: 'POST', body: JSON.stringify(behaviour), signal: AbortSignal.timeout(2_000) });
    if (!response.ok) throw new Error(`the instance on port ${port} answered ${response.status}`);
    await response.body?.cancel();
  }));
}
