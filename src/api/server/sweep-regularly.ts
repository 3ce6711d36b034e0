import { setTimeout as sleep } from 'node:timers/promises';
import { lookAtSchedules } from '../../app/backup/look-at-schedules.js';
import { sweepLostBackups } from '../../app/backup/sweep-lost-backups.js';
import { syncSchedules } from '../../app/backup/sync-schedules.js';
import { tellTooOld } from '../../app/backup/tell-too-old.js';
import { sweepLost } from '../../app/deployment/sweep-lost.js';
import type { AppDeps } from '../../app/deps.js';
import { ensureKeeper } from '../../app/keeper/ensure-keeper.js';
import { messageOf } from '../../domain/errors.js';

type Part = (deps: AppDeps) => () => Promise<unknown>;

interface Rounds {
  readonly everyMs: number;
  readonly parts: Readonly<Record<string, Part>>;
}

/** What users feel when it is found late: cheap, and often. */
const QUICK: Rounds = {
  everyMs: 5_000,
  parts: { 'making sure that the keeper runs': ensureKeeper, 'the sweep for lost deployments': sweepLost },
};

const SLOW: Rounds = {
  everyMs: 60_000,
  parts: {
    'the sweep for lost backups': sweepLostBackups,
    'putting the schedules of backups': syncSchedules,
    'the look at the schedules of backups': lookAtSchedules,
    'the look for backups that are too old': tellTooOld,
  },
};

/** Several processes may do so at once: a row ends once, a notice goes out once. Ends when the signal fires; never throws. */
export async function sweepRegularly(deps: AppDeps, signal: AbortSignal): Promise<void> {
  await Promise.all([QUICK, SLOW].map((rounds) => sweep(deps, rounds, signal)));
}

/** The parts one after the other; one that fails leaves the others alone. */
async function sweep(deps: AppDeps, { everyMs, parts }: Rounds, signal: AbortSignal): Promise<void> {
  const failing = new Map<string, string>();
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    for (const [what, part] of Object.entries(parts)) {
      if (signal.aborted) return;
      const reason = await part(deps)().then(() => undefined, messageOf);
      // An outage is said once, and not in every round.
      if (reason !== undefined && failing.get(what) !== reason) deps.log.warn({ reason }, `${what} failed; the next one will try again`);
      if (reason === undefined) failing.delete(what);
      else failing.set(what, reason);
    }
  }
}
