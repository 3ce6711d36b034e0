import type { Readable } from 'node:stream';

/** Takes output as it comes. While a promise it answers is pending, the program is not read from and so has to wait. */
export type TakeOutput = (chunk: Buffer) => void | Promise<void>;

export interface OutputConsumer {
  /** Resolves when all that was read has been taken. */
  idle(): Promise<void>;
  /** Rejects with what the consumer threw; never resolves. */
  readonly failed: Promise<never>;
}

/** Gives each chunk of a stream to `take`, one after the other. */
export function consumeOutput(stream: Readable, take: TakeOutput): OutputConsumer {
  // Node resumes the output of a program that has exited, paused or not: what comes then waits here, no more than a pipe holds.
  const waiting: Buffer[] = [];
  let busy = false;
  let current = Promise.resolve();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  // It may come when nobody waits for it any more.
  failed.catch(() => undefined);

  async function takeSlowly(first: Promise<void>): Promise<void> {
    busy = true;
    stream.pause();
    await first;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await take(next);
    busy = false;
    stream.resume();
  }

  stream.on('data', (chunk: Buffer) => {
    if (busy) {
      waiting.push(chunk);
      return;
    }
    try {
      const taken = take(chunk);
      if (taken === undefined) return;
      current = takeSlowly(taken);
      current.catch(fail);
    } catch (error) {
      fail(error);
    }
  });
  return { idle: () => current, failed };
}
