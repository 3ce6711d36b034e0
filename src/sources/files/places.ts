import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Where a run keeps what it makes beside live data: the same file system, so that a rename is enough. */
export interface Places {
  /** What the run is about. */
  readonly live: string;
  readonly copy: string;
  /** Files of the backup on their way to the copy. */
  readonly part: string;
  readonly old: string;
  /** What somebody made in the place of live data while it was empty. */
  readonly gap: string;
  readonly journal: string;
  /** Of links: the new one before it takes the place of the old. */
  readonly newLink: string;
}

/** A file name ends at 255 bytes; what is added to it takes up to 50. */
const LONGEST_STEM_BYTES = 200;

const RESTORED = /\.restored-[0-9A-HJKMNP-TV-Z]{26}$/;

/** Hidden, beside `live`. */
export function placesBeside(live: string, run: string): Places {
  const place = (word: string) => join(dirname(live), `.${stemOf(basename(live))}.${word}-${run}`);
  return { live, copy: place('copy'), part: place('part'), old: place('old'), gap: place('gap'), journal: place('swap'), newLink: place('link') };
}

/** Where the folder behind a link is replaced by one beside it, which then stays under its name: not hidden, and not longer with each restore. */
export function placesBehindLink(link: string, target: string, run: string): Places {
  const copy = join(dirname(target), `${stemOf(basename(target).replace(RESTORED, ''))}.restored-${run}`);
  return { ...placesBeside(link, run), copy, part: `${copy}.part` };
}

/** How the journals of all runs about `live` begin. */
export function journalPrefix(live: string): string {
  return `.${stemOf(basename(live))}.swap-`;
}

function stemOf(name: string): string {
  return Buffer.byteLength(name) <= LONGEST_STEM_BYTES ? name : createHash('sha256').update(name).digest('hex');
}
