import { codeOf, ERRORS, messageOf } from '../domain/errors.js';
import type { Logger } from '../domain/logger.js';
import type { NotifySpec } from '../domain/service/environment.js';
import { NOTICE_KINDS, type Notice, type NoticeKind, type Notifier } from '../notifiers/notifier.js';

export interface Delivery {
  readonly notifier: (via: NotifySpec['via']) => Notifier;
  readonly logger: Logger;
  /** Names of those who were told, or refused for good, by an attempt before; called with the new ones. */
  readonly before: unknown;
  readonly report: (told: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** Tells everyone who asked for this kind, each once; where nobody did, the log. @throws NOTIFY_FAILED */
export async function deliverNotice(notice: Notice, notify: Readonly<Record<string, NotifySpec>>, { notifier, logger, before, report, signal }: Delivery): Promise<void> {
  const told = new Set(Array.isArray(before) ? before.map(String) : []);
  const receivers = Object.entries(notify).filter(([name, { on }]) => !told.has(name) && on.includes(notice.kind));
  let failure: Error | undefined;
  // All at once: one that hangs until the time is over keeps nothing from the others.
  await Promise.all(receivers.map(async ([name, { via }]) => {
    try {
      await notifier(via).notify(notice, signal);
    } catch (error) {
      logger.warn({ receiver: name, reason: messageOf(error) }, 'a notice could not be delivered');
      // What was refused for good is over; what may pass is tried again for the others' sake.
      if (failure === undefined || ERRORS[codeOf(error)].retryable) failure = error instanceof Error ? error : new Error(messageOf(error));
      if (ERRORS[codeOf(error)].retryable) return;
    }
    told.add(name);
    report([...told]);
  }));
  if (told.size === 0 && receivers.length === 0) await notifier({ kind: 'log' }).notify(notice, signal);
  if (failure) throw failure;
}

export function noticeKind(kind: string): NoticeKind {
  return NOTICE_KINDS.find((known) => known === kind) ?? 'note';
}
