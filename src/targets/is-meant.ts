import type { RetireRequest, TargetInstance } from './target.js';

/** Whether a retire names this very instance. */
export function isMeant({ id, deployment }: Pick<TargetInstance, 'id' | 'deployment'>, { instances }: RetireRequest): boolean {
  return instances.some((one) => one.id === id && one.deployment === deployment);
}
