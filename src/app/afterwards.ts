import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../domain/logger.js';

/** Long enough for the answer to be on its way: what comes afterwards must not compete with it. */
const AFTER_MS = 25;

/** Work that nobody waits for, as what it notes can be found out again: it is finished before the process ends, where it can be. */
export class Afterwards {
  private readonly pending = new Set<Promise<void>>();

  constructor(private readonly log: Logger) {}

  /** Begins shortly after, so that an answer is sent before. @param what for the log, should it fail. */
  run(what: string, work: () => Promise<void>): void {
    const done = sleep(AFTER_MS).then(work).catch((error: unknown) => this.log.warn({ reason: messageOf(error) }, `${what} failed`)).finally(() => this.pending.delete(done));
    this.pending.add(done);
  }

  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }
}
