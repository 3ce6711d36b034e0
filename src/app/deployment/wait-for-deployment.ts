import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type Phase } from '../../domain/deployment/status.js';
import type { AppDeps } from '../deps.js';
import type { DeploymentView } from './deployment-view.js';
import { showDeployment } from './show-deployment.js';

export const MILESTONES = ['promoted', 'gate', 'ended'] as const;
type Milestone = (typeof MILESTONES)[number];

export interface WaitForDeployment {
  readonly deployment: string;
  /** `promoted`: has all traffic. `gate`: waits for people. Each is also over when the deployment has ended. */
  readonly until: Milestone;
  readonly waitMs: number;
}

/** How often a waiting request looks. */
const LOOK_EVERY_MS = 400;

const PROMOTED: readonly Phase[] = ['watching', 'retiring', 'contracting', 'succeeded'];

/** The deployment as soon as it is there, or as it is when the time is over or the signal fires. `reached` says which. */
export const waitForDeployment = (deps: AppDeps) => async (command: WaitForDeployment, signal: AbortSignal): Promise<DeploymentView & { reached: boolean }> => {
  const show = showDeployment(deps);
  const deadline = deps.now() + command.waitMs;
  for (;;) {
    const view = await show(command.deployment);
    const reached = isReached(view, command.until) && (await isFree(deps, view, command.until));
    if (reached || deps.now() >= deadline || signal.aborted) return { ...view, reached };
    await sleep(Math.min(LOOK_EVERY_MS, deadline - deps.now()), undefined, { signal }).catch(() => undefined);
  }
};

function isReached({ phase, gates }: DeploymentView, until: Milestone): boolean {
  if (hasEnded(phase)) return true;
  if (until === 'promoted') return PROMOTED.includes(phase);
  return until === 'gate' && gates.length > 0;
}

/** Who waits for the end means to go on: with the next deployment, which the lock must not refuse any more. */
async function isFree(deps: AppDeps, { id, phase, service, environment }: DeploymentView, until: Milestone): Promise<boolean> {
  if (until !== 'ended' || !hasEnded(phase)) return true;
  // A server that does not answer is no reason to wait for what has ended.
  const holder = await deps.runs.describe(environment, service).catch(() => undefined);
  return holder?.state !== 'running' || holder.deployment !== id;
}
