import { replaceFile } from './replace-file.js';

/** Another worker may write the same file from an older dump; a dump that still matches afterwards was not overtaken. */
const MOST_WRITES = 3;

/**
 * A file that follows the memory of a process: never empty, never half written.
 *
 * @returns a function that writes what `dump` gives; calls that come while one waits for its turn share it.
 */
export function keptFile(path: string, dump: () => Promise<string>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    if (next) return next;
    const turn = last.then(() => {
      next = undefined;
      return follow(path, dump);
    });
    last = turn.catch(() => {});
    next = turn;
    return turn;
  };
}

async function follow(path: string, dump: () => Promise<string>): Promise<void> {
  let text = await dump();
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    await replaceFile(path, text);
    const now = await dump();
    if (now === text) return;
    text = now;
  }
}
