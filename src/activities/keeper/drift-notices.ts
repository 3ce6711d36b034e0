import type { DriftRecord } from '../../domain/keeper/drift.js';
import { messageOf } from '../../domain/errors.js';
import type { NotifySpec } from '../../domain/service/environment.js';
import type { NoticeKind } from '../../notifiers/notifier.js';
import { deliverNotice } from '../deliver-notice.js';
import type { KeeperDeps } from './deps.js';
import { driftKey } from './drift-book.js';
import { noticeOf } from './drift-sentences.js';
import { isManaged } from './kept-place.js';

/** One that hangs is given up after so long. */
const DELIVERY_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

type Stage = 'found' | 'over';

interface Delivery {
  /** Receivers that have each notice already. */
  readonly told: Record<Stage, readonly string[]>;
  againAt: number;
  pauseMs: number;
  running: Promise<void> | undefined;
}

interface Attempt {
  readonly delivery: Delivery;
  /** Whether somebody has not heard of the stage before. */
  readonly unheard: boolean;
}

/**
 * Tells people of drifts: once when one is found, once when it is gone, each receiver until it has the notice. Delivery goes on beside the
 * rounds; what was told is on record, so that another worker does not tell it again.
 */
export class DriftNotices {
  private readonly deliveries = new Map<string, Delivery>();

  constructor(private readonly deps: KeeperDeps) {}

  /** Begins to deliver what is due, and waits for nothing. @param drifts those that last, and those whose notices have not all gone out */
  begin(drifts: readonly DriftRecord[], signal: AbortSignal): void {
    const due = drifts.filter((drift) => stagesDue(drift).length > 0);
    const keys = due.map(deliveryKey);
    for (const key of this.deliveries.keys()) if (!keys.includes(key)) this.deliveries.delete(key);
    for (const drift of due) this.beginOne(drift, signal);
  }

  /** Until what is under way has ended. */
  async settled(): Promise<void> {
    for (const { running } of this.deliveries.values()) await running;
  }

  private beginOne(drift: DriftRecord, signal: AbortSignal): void {
    const delivery = this.deliveries.get(deliveryKey(drift)) ?? { told: { found: [], over: [] }, againAt: 0, pauseMs: FIRST_PAUSE_MS, running: undefined };
    this.deliveries.set(deliveryKey(drift), delivery);
    if (delivery.running !== undefined || this.deps.clock.now() < delivery.againAt) return;
    delivery.running = this.deliver(drift, delivery, signal).finally(() => void (delivery.running = undefined));
  }

  private async deliver(drift: DriftRecord, delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { stores, clock } = this.deps;
    let failed = false;
    for (const stage of stagesDue(drift)) {
      failed = !(await this.hasGoneOut(drift, stage, { delivery, unheard: failed }, signal)) || failed;
      if (!failed) await stores.keeper.told({ ...drift, told: stage === 'found' ? 'found' : 'all' }).catch(() => void (failed = true));
    }
    delivery.againAt = failed ? clock.now() + delivery.pauseMs : 0;
    delivery.pauseMs = failed ? Math.min(delivery.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
  }

  /** Never throws: what one receiver has not heard yet keeps nothing from the others. */
  private async hasGoneOut(drift: DriftRecord, stage: Stage, attempt: Attempt, signal: AbortSignal): Promise<boolean> {
    const { service, environment } = drift;
    try {
      await this.deliverOne(drift, stage, attempt, signal);
      return true;
    } catch (error) {
      this.deps.logger.warn({ service, environment, reason: messageOf(error) }, 'a notice of a drift was not delivered to everybody; it is tried again');
      return false;
    }
  }

  private async deliverOne(drift: DriftRecord, stage: Stage, { delivery: { told }, unheard }: Attempt, signal: AbortSignal): Promise<void> {
    const { receivers, stores, notifier, logger } = this.deps;
    const { service, environment } = drift;
    const kept = await stores.keeper.environment(service, environment);
    const notice = noticeOf(drift, stage, kept && isManaged(kept) ? kept : undefined);
    const within = AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_MS)]);
    const report = (names: readonly string[]): void => void (told[stage] = names);
    const everybody = await receivers(service, environment);
    const ready = stage === 'over' && unheard ? heard(everybody, told.found, noticeOf(drift, 'found', undefined).kind) : everybody;
    if (Object.keys(ready).length > 0 || !unheard) await deliverNotice(notice, ready, { notifier, logger, before: told[stage], report, signal: within });
  }
}

/** The notices that are to go out, in their order. */
function stagesDue({ told, until }: DriftRecord): readonly Stage[] {
  const over: readonly Stage[] = until === null || told === 'all' ? [] : ['over'];
  return told === 'nothing' ? ['found', ...over] : over;
}

/** Those who were told that it was found, or did not want to be: that it is over comes after that. */
function heard(receivers: Readonly<Record<string, NotifySpec>>, told: readonly string[], found: NoticeKind): Readonly<Record<string, NotifySpec>> {
  return Object.fromEntries(Object.entries(receivers).filter(([name, { on }]) => told.includes(name) || !on.includes(found)));
}

function deliveryKey(drift: DriftRecord): string {
  return `${driftKey(drift)} ${drift.since}`;
}
