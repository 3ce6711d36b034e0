import type { Side } from '../source.js';
import type { Places } from './places.js';

/** How the copy of one run takes the place of what is live on a file system, and what it leaves. Every call is safe to repeat after a kill. */
export interface Exchange {
  readonly places: Places;
  /** Where a side is. @throws COPY_MISSING, SOURCE_MISSING */
  locate(side: Side): Promise<string>;
  /** Before anything is made of the copy. @throws SWAP_FAILED when it has taken the place of what was live already, or has begun to */
  requireNotSwapped(): Promise<void>;
  /** @throws COPY_MISSING, SWAP_FAILED with what was live still live, SOURCE_IN_USE with nothing moved */
  swap(): Promise<Exchanged>;
  /** @throws SWAP_FAILED, SOURCE_IN_USE with nothing moved */
  swapBack(): Promise<Exchanged>;
  /** The copy and its files, never what is live. @throws SWAP_FAILED in the middle of a swap */
  dropCopy(): Promise<void>;
  /** What was replaced, and everything else of the run. @throws SWAP_FAILED in the middle of a swap */
  dropOld(): Promise<void>;
}

export interface Exchanged {
  readonly done: 'now' | 'before';
  readonly detail: string;
}
