import { setTimeout as sleep } from 'node:timers/promises';
import { lookAtSchedules } from '../../app/backup/look-at-schedules.js';
import { sweepLostBackups } from '../../app/backup/sweep-lost-backups.js';
import { syncSchedules } from '../../app/backup/sync-schedules.js';
import { tellTooOld } from '../../app/backup/tell-too-old.js';
import { sweepLost } from '../../app/deployment/sweep-lost.js';
import type { AppDeps } from '../../app/deps.js';
import { messageOf } from '../../domain/errors.js';

const SWEEP_EVERY_MS = 60_000;

/** What each round does, in this order; a part that fails leaves the others alone. */
const PARTS: Readonly<Record<string, (deps: AppDeps) => () => Promise<unknown>>> = {
  'the sweep for lost deployments': sweepLost,
  'the sweep for lost backups': sweepLostBackups,
  'putting the schedules of backups': syncSchedules,
  'the look at the schedules of backups': lookAtSchedules,
  'the look for backups that are too old': tellTooOld,
};

/** Several processes may do so at once: a row ends once, a notice goes out once. Ends when the signal fires; never throws. */
export async function sweepRegularly(deps: AppDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(SWEEP_EVERY_MS, undefined, { signal }).catch(() => undefined);
    for (const [what, part] of Object.entries(PARTS)) {
      if (signal.aborted) return;
      await part(deps)().catch((error: unknown) => deps.log.warn({ reason: messageOf(error) }, `${what} failed; the next one will try again`));
    }
  }
}
