import type { StepInput } from '../../domain/deployment/steps.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import { parseGeneration } from '../../domain/router/generation.js';
import type { Router } from '../../routers/router.js';
import type { Target } from '../../targets/target.js';
import { complete } from './router-readings.js';

/**
 * Stops what a launch has started after its deployment was over: nobody else will. Leaves it alone as soon as one router instance says that the
 * deployment is at work, or that its release is stable: then the instances may serve.
 */
export async function stopOrphans(router: Router, target: Target, input: StepInput<'launch'>, signal: AbortSignal): Promise<void> {
  const { service, environment, slot, deployment, plan, backend } = input;
  const ref = { service, environment, slot, with: plan.candidate.target.with };
  const own = (await target.status(ref, signal)).filter((instance) => instance.deployment === deployment);
  const entries = complete(await router.read(backend)).map(({ entry }) => entry);
  if (own.length > 0 && entries.every((entry) => isOver(entry, deployment))) await target.retire({ ...ref, instances: own }, signal);
}

function isOver(entry: RouterEntry, deployment: string): boolean {
  return entry.deployment !== deployment && parseGeneration(entry.generation)?.deployment !== deployment;
}
