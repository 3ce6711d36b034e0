import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { KeeperSteps } from '../../domain/keeper/steps.js';
import { messageOf } from '../../domain/errors.js';
import { heartbeats } from '../heartbeats.js';
import { repeat } from '../watch/repeat.js';
import type { KeeperDeps } from './deps.js';
import { DriftNotices } from './drift-notices.js';
import { KeeperRounds } from './keeper-round.js';

/** How often everything is looked at. */
const EVERY_MS = 5_000;

/** One activity lasts so long; its end is one line in a history that begins anew each day. */
const ONE_ACTIVITY_MS = 3_600_000;

export interface KeeperActivities {
  /**
   * Looks after the site's environments that no deployment is at work on, every five seconds, for an hour. Attempts may overlap after an outage:
   * what is written is compared first, and the same whoever writes it.
   *
   * Run it with unlimited attempts. Rejects only to let another attempt go on: a worker that shuts down, or a cancel.
   */
  keep(input: KeeperSteps['keep'][0]): Promise<KeeperSteps['keep'][1]>;
}

export function createKeeperActivities(deps: KeeperDeps): KeeperActivities {
  const notices = new DriftNotices(deps);
  return {
    async keep({ site }) {
      const { cancellationSignal } = Context.current();
      const beats = heartbeats();
      try {
        return await keepRounds({ deps, rounds: new KeeperRounds(deps, site, notices), site }, cancellationSignal, beats.report);
      } finally {
        beats.stop();
      }
    },
  };
}

interface Keeping {
  readonly deps: KeeperDeps;
  readonly rounds: KeeperRounds;
  readonly site: string;
}

async function keepRounds({ deps, rounds, site }: Keeping, signal: AbortSignal, report: (details: unknown) => void): Promise<KeeperSteps['keep'][1]> {
  const { clock, logger } = deps;
  const until = clock.now() + ONE_ACTIVITY_MS;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  let [number, failed] = [0, ''];
  await repeat(clock, either, () => EVERY_MS, async () => {
    number += 1;
    try {
      report({ round: number, at: new Date(clock.now()).toISOString(), ...(await rounds.round(signal)) });
      failed = '';
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== failed) logger.warn({ site, reason }, 'a round of the keeper failed; the next one comes in seconds');
      failed = reason;
      report({ round: number, at: new Date(clock.now()).toISOString(), failed });
    }
    if (clock.now() >= until) over.abort();
  });
  await rounds.settled();
  if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : new CancelledFailure('The keeper was taken from this worker.');
  return { rounds: number };
}
