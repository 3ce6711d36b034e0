import { SlipwayError } from '../../domain/errors.js';
import { type Disk, draftOf } from './disk.js';

/** What a run set out to do, on the disk before it begins: for its next attempt, and for people who come across what it left. */
export interface SwapJournal {
  /** Once it is `back` the swap never happens any more, however late an attempt of it is. */
  readonly direction: 'forth' | 'back';
  readonly live: string;
  readonly copy: string;
  readonly old: string;
  /** Whether anything was live when it began. */
  readonly hadLive: boolean;
  /** What the link said that is replaced; null: no link. */
  readonly link: string | null;
  /** Of files that have others beside them: whose the ones beside the live place are while nothing is live. Absent where there are none. */
  readonly beside?: 'old' | 'copy';
}

export async function readJournal(disk: Disk, path: string): Promise<SwapJournal | null> {
  const text = await disk.read(path);
  if (text === null) return null;
  const journal: unknown = parse(text);
  if (isJournal(journal)) return journal;
  throw new SlipwayError('SWAP_FAILED', `${path} is no journal of a swap. Look at what is beside it, and remove it.`);
}

export function writeJournal(disk: Disk, path: string, journal: SwapJournal): Promise<void> {
  return disk.write(path, `${JSON.stringify(journal, null, 2)}\n`);
}

/** With what was left of it when its writer was killed. */
export async function removeJournal(disk: Disk, path: string): Promise<void> {
  for (const each of [draftOf(path), path]) await disk.remove(each);
}

/** @throws SWAP_FAILED when the run has been taken back */
export function refuseTakenBack(journal: SwapJournal | null): void {
  if (journal?.direction === 'back') throw new SlipwayError('SWAP_FAILED', 'The swap was taken back: what was live stays live.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isJournal(value: unknown): value is SwapJournal {
  if (typeof value !== 'object' || value === null) return false;
  const { direction, live, copy, old, hadLive, link, beside } = value as Partial<Record<keyof SwapJournal, unknown>>;
  const texts = [live, copy, old].every((each) => typeof each === 'string');
  return texts && (direction === 'forth' || direction === 'back') && typeof hadLive === 'boolean' && (link === null || typeof link === 'string') && [undefined, 'old', 'copy'].some((each) => each === beside);
}
