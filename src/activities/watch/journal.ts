import type { DeploymentEvent } from '../../domain/event/event.js';
import type { JsonObject } from '../../domain/json.js';
import type { EventLog } from '../../store/event-log.js';
import type { Clock } from './clock.js';
import { within } from './within.js';

export interface JournalOptions {
  readonly events: EventLog;
  readonly clock: Clock;
  readonly deployment: string;
  readonly activityId: string;
  readonly attempt: number;
  /** Events that earlier steps could not write. */
  readonly carried: readonly DeploymentEvent[];
}

export interface Journal {
  /** Notes what happened and returns at once; writing goes on beside it. */
  record(kind: string, text: string, data?: JsonObject): void;
  /** What is not written yet, without those given; the newest few. */
  unwritten(without: readonly DeploymentEvent[]): readonly DeploymentEvent[];
  /** Waits for what is being written, a moment only. @returns what could not be written. */
  close(): Promise<readonly DeploymentEvent[]>;
}

/** The log bounds its own writes; this bounds a log that does not. */
const LAST_WAIT_MS = 1_500;
/** So many travel in a heartbeat at most. */
const NEWEST = 20;

/** The events of one attempt, in order. Nothing that matters ever waits for it. */
export function createJournal({ events, clock, deployment, activityId, attempt, carried }: JournalOptions): Journal {
  let unwritten = carried;
  let count = 0;
  let writing: Promise<void> | undefined = undefined;

  async function write(): Promise<void> {
    while (unwritten.length > 0) {
      const batch = unwritten;
      const failed = await events.append(batch);
      unwritten = [...failed, ...unwritten.slice(batch.length)];
      if (failed.length > 0) return;
    }
  }

  function flush(): Promise<void> {
    writing ??= write().catch(() => {}).finally(() => void (writing = undefined));
    return writing;
  }

  return {
    record(kind, text, data = {}) {
      count += 1;
      const key = `${activityId}.${attempt}.${count}`;
      unwritten = [...unwritten, { key, deployment, kind, at: new Date(clock.now()).toISOString(), text, data }];
      void flush();
    },
    unwritten: (without) => unwritten.filter((event) => !without.includes(event)).slice(-NEWEST),
    async close() {
      const deadline = clock.now() + LAST_WAIT_MS;
      if (writing) await within(clock, LAST_WAIT_MS, writing);
      if (unwritten.length > 0 && clock.now() < deadline) await within(clock, deadline - clock.now(), flush());
      return unwritten;
    },
  };
}
