import type { Instance } from '../../domain/deployment/steps.js';
import type { HealthCheck } from '../../domain/service/environment.js';
import type { ActivityDeps } from './deps.js';

/** What one instance answered to all its checks. */
export interface InstanceHealth {
  readonly instance: Instance;
  readonly ok: boolean;
  readonly detail: string;
}

/** Asks every instance every check, once, in parallel. */
export async function probeAll(
  deps: ActivityDeps, instances: readonly Instance[], health: Readonly<Record<string, HealthCheck>>, signal: AbortSignal,
): Promise<readonly InstanceHealth[]> {
  return Promise.all(instances.map(async (instance) => {
    const results = await Promise.all(Object.entries(health).map(async ([name, check]) => ({ name, ...(await deps.prober.probe(check, instance, signal)) })));
    const failed = results.filter((result) => !result.ok);
    return { instance, ok: failed.length === 0, detail: failed.map(({ name, detail }) => `${name}: ${detail ?? 'failed'}`).join(', ') };
  }));
}

/** Does at least one instance answer? A slot without instances does not. */
export async function anyHealthy(
  deps: ActivityDeps, instances: readonly Instance[], health: Readonly<Record<string, HealthCheck>>, signal: AbortSignal,
): Promise<boolean> {
  return (await probeAll(deps, instances, health, signal)).some((each) => each.ok);
}
