import { messageOf } from '../domain/errors.js';
import { PERSISTED, type Persistence } from '../domain/router/persistence.js';
import { replaceFile } from './replace-file.js';

/** Another worker may write the same file from an older dump; a dump that still matches afterwards was not overtaken. */
const MOST_WRITES = 3;

/** Nobody waits longer for a disk. What it was given goes on, and counts when it is done. */
const DISK_LIMIT_MS = 1_000;

export interface KeptFileOptions {
  /** How people know it: `the map of checkout-production`. */
  readonly what: string;
  /** Brings the file to the disk, as `followInFile` does. */
  readonly write: () => Promise<void>;
  /** Called when what is known has turned, from nothing known to failed too. */
  readonly turned: (now: Persistence) => void;
}

/** A file that follows the memory of a process, and what is known about that. */
export interface KeptFile {
  readonly persistence: Persistence;
  /** Writes it; calls that come while one waits for its turn share it. Never throws, and ends within a second however slow the disk is. */
  keep(): Promise<Persistence>;
}

export function keptFile({ what, write, turned }: KeptFileOptions): KeptFile {
  let persistence: Persistence = { persisted: 'unknown', detail: `${what} has not been written yet` };
  const inTurn = sharingTurns(write);

  function learn(news: Persistence): Persistence {
    const before = persistence;
    persistence = news;
    if (news.persisted === 'no' ? before.persisted !== 'no' : before.persisted === 'no') turned(news);
    return news;
  }

  return {
    get persistence() {
      return persistence;
    },
    async keep() {
      const written = inTurn().then(() => learn(PERSISTED), (error: unknown) => learn(failed(`${what} was not written: ${messageOf(error)}`)));
      return soon(written, () => learn(failed(`${what} was not written within ${DISK_LIMIT_MS} ms`)));
    },
  };
}

/** Writes what `dump` gives, never half: until nothing has changed meanwhile. */
export async function followInFile(path: string, dump: () => Promise<string>): Promise<void> {
  let text = await dump();
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    await replaceFile(path, text);
    const now = await dump();
    if (now === text) return;
    text = now;
  }
}

/** One at a time; calls that come while one waits share the next. */
function sharingTurns(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    if (next) return next;
    const turn = last.then(() => {
      next = undefined;
      return work();
    });
    last = turn.catch(() => {});
    next = turn;
    return turn;
  };
}

async function soon(written: Promise<Persistence>, late: () => Persistence): Promise<Persistence> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Persistence>((resolve) => {
    timer = setTimeout(() => resolve(late()), DISK_LIMIT_MS);
  });
  return Promise.race([written, limit]).finally(() => clearTimeout(timer));
}

function failed(detail: string): Persistence {
  return { persisted: 'no', detail };
}
