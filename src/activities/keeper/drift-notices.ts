import type { DriftRecord } from '../../domain/keeper/drift.js';
import { messageOf } from '../../domain/errors.js';
import { deliverNotice } from '../deliver-notice.js';
import type { KeeperDeps } from './deps.js';
import { driftKey } from './drift-book.js';
import { noticeOf } from './drift-sentences.js';
import { isManaged } from './kept-place.js';

/** Two receivers that hang must not hold up a third for long. */
const DELIVERY_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

type Stage = 'found' | 'over';

interface Delivery {
  /** Receivers that have the notice already which is to go out next. */
  told: readonly string[];
  againAt: number;
  pauseMs: number;
  running: Promise<void> | undefined;
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
    const delivery = this.deliveries.get(deliveryKey(drift)) ?? { told: [], againAt: 0, pauseMs: FIRST_PAUSE_MS, running: undefined };
    this.deliveries.set(deliveryKey(drift), delivery);
    if (delivery.running !== undefined || this.deps.clock.now() < delivery.againAt) return;
    delivery.running = this.deliver(drift, delivery, signal).finally(() => void (delivery.running = undefined));
  }

  private async deliver(drift: DriftRecord, delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { stores, logger, clock } = this.deps;
    const { service, environment } = drift;
    try {
      for (const stage of stagesDue(drift)) {
        await this.deliverOne(drift, stage, delivery, signal);
        await stores.keeper.told({ ...drift, told: stage === 'found' ? 'found' : 'all' });
        Object.assign(delivery, { told: [], pauseMs: FIRST_PAUSE_MS });
      }
    } catch (error) {
      logger.warn({ service, environment, reason: messageOf(error) }, 'a notice of a drift was not delivered to everybody; it is tried again');
      delivery.againAt = clock.now() + delivery.pauseMs;
      delivery.pauseMs = Math.min(delivery.pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  private async deliverOne(drift: DriftRecord, stage: Stage, delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { receivers, stores, notifier, logger } = this.deps;
    const { service, environment } = drift;
    const kept = await stores.keeper.environment(service, environment);
    const notice = noticeOf(drift, stage, kept && isManaged(kept) ? kept : undefined);
    const within = AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_MS)]);
    await deliverNotice(notice, await receivers(service, environment), { notifier, logger, before: delivery.told, report: (told) => void (delivery.told = told), signal: within });
  }
}

/** The notices that are to go out, in their order. */
function stagesDue({ told, until }: DriftRecord): readonly Stage[] {
  const over: readonly Stage[] = until === null || told === 'all' ? [] : ['over'];
  return told === 'nothing' ? ['found', ...over] : over;
}

function deliveryKey(drift: DriftRecord): string {
  return `${driftKey(drift)} ${drift.since}`;
}
