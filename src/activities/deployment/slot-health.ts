import type { Release } from '../../domain/deployment/release.js';
import type { Instance, Place } from '../../domain/deployment/steps.js';
import type { Slot } from '../../domain/router/entry.js';
import type { HealthCheck } from '../../domain/service/environment.js';
import type { PlaceholderValues } from '../../domain/service/placeholders.js';
import { checkFor } from '../watch/slot-values.js';
import type { ActivityDeps } from './deps.js';

/** What one instance answered to all its checks. */
export interface InstanceHealth {
  readonly instance: Instance;
  readonly ok: boolean;
  readonly detail: string;
}

/** Instances that are asked, what they are asked, and what placeholders in it stand for. */
export interface ProbedSlot {
  readonly slot: Slot;
  readonly instances: readonly Instance[];
  readonly health: Readonly<Record<string, HealthCheck>>;
  readonly values: PlaceholderValues;
}

export function probedSlot({ service, environment, deployment }: Place, slot: Slot, release: Release, instances: readonly Instance[]): ProbedSlot {
  return { slot, instances, health: release.health, values: { service, environment, deployment, slot, version: release.version } };
}

/** Asks every instance every check, once, in parallel. */
export async function probeAll(deps: Pick<ActivityDeps, 'prober'>, { instances, health, values }: ProbedSlot, signal: AbortSignal): Promise<readonly InstanceHealth[]> {
  return Promise.all(instances.map(async (instance) => {
    const results = await Promise.all(Object.entries(health).map(async ([name, check]) => (
      { name, ...(await deps.prober.probe(checkFor(check, instance, values), instance, signal)) }
    )));
    const failed = results.filter((result) => !result.ok);
    return { instance, ok: failed.length === 0, detail: failed.map(({ name, detail }) => `${name}: ${detail ?? 'failed'}`).join(', ') };
  }));
}

/** Does at least one instance answer? A slot without instances does not. */
export async function anyHealthy(deps: ActivityDeps, slot: ProbedSlot, signal: AbortSignal): Promise<boolean> {
  return (await probeAll(deps, slot, signal)).some((each) => each.ok);
}
