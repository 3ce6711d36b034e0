import { SlipwayError } from '../domain/errors.js';
import type { Notice, Notifier } from './notifier.js';

export interface FakeNotifier extends Notifier {
  /** Every notice delivered so far, oldest first. */
  readonly delivered: readonly Notice[];
  /** `down` fails in passing, `refusing` for good, until `well` again. */
  become(state: 'well' | 'down' | 'refusing'): void;
}

/** A receiver in memory. */
export function createFakeNotifier(): FakeNotifier {
  const delivered: Notice[] = [];
  let state: 'well' | 'down' | 'refusing' = 'well';

  return {
    delivered,
    become: (next) => void (state = next),
    async notify(notice, signal) {
      signal?.throwIfAborted();
      if (state === 'down') throw new SlipwayError('NOTIFY_FAILED', `The notice ${notice.kind} was not delivered: the receiver is down.`);
      if (state === 'refusing') throw new SlipwayError('NOTIFY_REFUSED', `The notice ${notice.kind} was refused by the receiver.`);
      delivered.push(notice);
    },
  };
}
