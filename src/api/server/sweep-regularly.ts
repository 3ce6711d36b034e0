import { setTimeout as sleep } from 'node:timers/promises';
import { sweepLost } from '../../app/deployment/sweep-lost.js';
import type { AppDeps } from '../../app/deps.js';
import { messageOf } from '../../domain/errors.js';

const SWEEP_EVERY_MS = 60_000;

/** Several processes may sweep at once: a row ends once. Ends when the signal fires; never throws. */
export async function sweepRegularly(deps: AppDeps, signal: AbortSignal): Promise<void> {
  const sweep = sweepLost(deps);
  while (!signal.aborted) {
    await sleep(SWEEP_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await sweep().catch((error: unknown) => deps.log.warn({ reason: messageOf(error) }, 'the sweep for lost deployments failed; the next one will try again'));
  }
}
