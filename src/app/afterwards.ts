import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../domain/logger.js';

/** Work that nobody waits for, as what it notes can be found out again: it is finished before the process ends, where it can be. */
export class Afterwards {
  private readonly pending = new Set<Promise<void>>();

  constructor(private readonly log: Logger) {}

  /** Begins once what runs now has come to its end, so that an answer is sent before. @param what for the log, should it fail. */
  run(what: string, work: () => Promise<void>): void {
    const done = nextTurn().then(work).catch((error: unknown) => this.log.warn({ reason: messageOf(error) }, `${what} failed`)).finally(() => this.pending.delete(done));
    this.pending.add(done);
  }

  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }
}
