import type { Traffic } from './traffic.js';

/** What became of the attempts at the servers of a slot. */
export interface Attempts {
  readonly attempts: number;
  /** Failures that no client saw. In a short time it may be below 0, as an attempt is counted before its request has ended. */
  readonly unseen: number;
}

export const NO_ATTEMPTS: Attempts = { attempts: 0, unseen: 0 };

/** Below this many attempts a share of stable's says nothing. */
export const ENOUGH_ATTEMPTS = 20;
/** So far from stable's share a candidate that does no worse may be by chance, judged each second. */
const DEVIATIONS = 4;

/**
 * Attempts that failed and that the router's retries hid from the client. Those of clients that gave up are not the server's doing,
 * and of a request that failed in the end one attempt is the failure that the client saw.
 */
export function attemptsOf({ attempts, failedAttempts, quit, ownErrors }: Traffic): Attempts {
  return { attempts, unseen: failedAttempts - quit - ownErrors };
}

export function addAttempts(a: Attempts, b: Attempts): Attempts {
  return { attempts: a.attempts + b.attempts, unseen: a.unseen + b.unseen };
}

export function hiddenFailures({ unseen }: Attempts): number {
  return Math.max(0, unseen);
}

/** @returns how many of the candidate's hidden failures are more than stable has too. */
export function hiddenInExcess(candidate: Attempts, stable: Attempts): number {
  const hidden = hiddenFailures(candidate);
  if (hidden === 0 || stable.attempts < ENOUGH_ATTEMPTS) return hidden;
  const { attempts } = candidate;
  const share = Math.min(1, hiddenFailures(stable) / stable.attempts);
  const deviation = Math.sqrt(attempts * share * (1 - share) * (1 + attempts / stable.attempts));
  return Math.max(0, hidden - Math.ceil(attempts * share + DEVIATIONS * deviation));
}
