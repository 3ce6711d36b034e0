import { hasEnded, type Phase } from '../../domain/deployment/status.js';
import type { AppDeps } from '../deps.js';
import type { Sight } from './deployment-follower.js';
import type { DeploymentView } from './deployment-view.js';

export const MILESTONES = ['promoted', 'gate', 'ended'] as const;
type Milestone = (typeof MILESTONES)[number];

export interface WaitForDeployment {
  readonly deployment: string;
  /** `promoted`: has all traffic. `gate`: waits for people. Each is also over when the deployment has ended. */
  readonly until: Milestone;
  readonly waitMs: number;
}

export type Waited = DeploymentView & { readonly reached: boolean };

const PROMOTED: readonly Phase[] = ['watching', 'retiring', 'contracting', 'succeeded'];

/**
 * The deployment as soon as it is there, or as it is when the time is over or the signal fires. `reached` says which. All who wait for the
 * same deployment are told by the same looks.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE, TOO_MANY_READERS
 */
export const waitForDeployment = (deps: Pick<AppDeps, 'followers'>) => async (command: WaitForDeployment, signal: AbortSignal): Promise<Waited> => {
  const { deployment, until, waitMs } = command;
  const place = deps.followers.take('wait', deployment, signal);
  const over = overAfter(waitMs, signal);
  try {
    const { sights } = place.follower;
    // The first look belongs to the answer, whatever the time: it is bounded by itself.
    let seen = await sights.next('now');
    while (!isReached(seen, until)) {
      const next: Sight | undefined = await sights.next('in-time', over.signal);
      if (!next) break;
      seen = next;
    }
    await deps.followers.turns.take();
    return { ...seen.view, reached: isReached(seen, until) };
  } finally {
    over.end();
    place.leave();
  }
};

/** Who waits for the end means to go on: with the next deployment, which the lock must not refuse any more. */
function isReached({ view: { phase, gates }, isFree }: Sight, until: Milestone): boolean {
  if (hasEnded(phase)) return until !== 'ended' || isFree;
  return until === 'promoted' ? PROMOTED.includes(phase) : until === 'gate' && gates.length > 0;
}

function overAfter(ms: number, signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const over = new AbortController();
  const abort = (): void => over.abort();
  const timer = setTimeout(abort, ms);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return {
    signal: over.signal,
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}
