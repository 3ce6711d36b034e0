import { SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { copyMissing } from './copy-missing.js';
import type { Disk } from './disk.js';
import type { Exchange, Exchanged } from './exchange.js';
import { notThere } from './live-place.js';
import type { Places } from './places.js';
import { type RenameSwap, swapBackByRenames, swapByRenames } from './rename-swap.js';
import { readJournal, refuseTakenBack, removeJournal, type SwapJournal, writeJournal } from './swap-journal.js';

export interface RenameExchangeOptions {
  readonly disk: Disk;
  readonly places: Places;
  readonly stillOurs: SourceContext['stillOurs'];
  /** Endings of files that belong to the one. @default none */
  readonly sides?: readonly string[];
  /** Makes sure that nobody writes to what is about to move, and says what it found. @default nothing */
  readonly bringToRest?: (paths: readonly string[]) => Promise<string>;
}

/** Two renames: what is live goes aside, the copy takes its place. Journalled before the first. */
export function createRenameExchange({ disk, places, stillOurs, sides = [], bringToRest = async () => '' }: RenameExchangeOptions): Exchange {
  const isThere = async (path: string) => (await disk.kindOf(path)) !== null;
  const swapOf = (journal: SwapJournal): RenameSwap => ({ disk, places, stillOurs, sides, journal, note: (beside) => noteSides(journal, beside) });
  const removeAll = async (paths: readonly string[]) => {
    for (const path of paths) await disk.remove(path);
  };
  const withSides = (path: string) => [path, ...sides.map((side) => path + side)];

  async function begin(): Promise<SwapJournal> {
    const { live, copy, old } = places;
    const journal: SwapJournal = { direction: 'forth', live, copy, old, hadLive: await isThere(live), link: null };
    await writeJournal(disk, places.journal, journal);
    return journal;
  }

  async function noteSides(journal: SwapJournal, beside: NonNullable<SwapJournal['beside']>): Promise<void> {
    if (sides.length > 0) await writeJournal(disk, places.journal, { ...journal, beside });
  }

  /** Once something has departed it was at rest, and may not be opened without its sides. */
  async function rested(others: readonly string[]): Promise<string> {
    if (!(await isThere(places.live))) return '';
    const moving = [places.live, ...others];
    const there = await Promise.all(moving.map(isThere));
    return bringToRest(moving.filter((_, index) => there[index]));
  }

  /** From here on the swap never happens any more. */
  async function turnBack(known: SwapJournal | null): Promise<SwapJournal> {
    if (known?.direction === 'back') return sides.length > 0 ? { beside: 'copy', ...known } : known;
    const journal: SwapJournal = { ...(known ?? (await begin())), direction: 'back', ...(sides.length > 0 && { beside: (await isThere(places.live)) ? 'copy' : 'old' }) };
    await writeJournal(disk, places.journal, journal);
    return journal;
  }

  async function refuseHalfDone(): Promise<void> {
    if (!(await isThere(places.live)) && (await isThere(places.old))) {
      throw new SlipwayError('SWAP_FAILED', `A swap was cut off between its renames: what was live is at ${places.old}. Swap, or swap back, before anything is dropped.`);
    }
  }

  /** What was live is aside, or, where nothing was, the copy is gone from its place. */
  async function isInForce(): Promise<boolean> {
    const journal = await readJournal(disk, places.journal);
    if (!journal) return false;
    return (await isThere(places.old)) || (!journal.hadLive && !(await isThere(places.copy)) && (await isThere(places.live)));
  }

  return {
    places,
    async requireNotSwapped() {
      if (await isInForce()) throw new SlipwayError('SWAP_FAILED', `${places.copy} has taken the place of ${places.live}.`);
    },
    async locate(side) {
      const path = places[side];
      if (await isThere(path)) return path;
      throw side === 'live' ? await notThere(path, path) : copyMissing(path);
    },
    async swap() {
      const known = await readJournal(disk, places.journal);
      refuseTakenBack(known);
      if (!known && !(await isThere(places.copy))) throw copyMissing(places.copy);
      const isBefore = !(await isThere(places.copy));
      const note = isBefore ? '' : await rested([]);
      return exchanged(await swapByRenames(swapOf(known ?? (await begin()))), 'two renames', note);
    },
    async swapBack() {
      const known = await readJournal(disk, places.journal);
      // With neither a journal nor a copy there is nothing that could still be swapped.
      if (!known && !(await isThere(places.copy))) return exchanged('before', 'nothing was swapped', '');
      const journal = await turnBack(known);
      const note = (await isInForce()) ? await rested(journal.beside === 'copy' ? [places.old] : []) : '';
      return exchanged(await swapBackByRenames(swapOf(journal)), 'two renames', note);
    },
    async dropCopy() {
      await refuseHalfDone();
      const inForce = await isInForce();
      await stillOurs();
      await removeAll([places.part, ...withSides(places.copy)]);
      if (!inForce) await removeJournal(disk, places.journal);
    },
    async dropOld() {
      await refuseHalfDone();
      await stillOurs();
      await removeAll([places.part, ...withSides(places.copy), ...withSides(places.old), ...withSides(places.gap)]);
      await removeJournal(disk, places.journal);
    },
  };
}

function exchanged(done: 'now' | 'before', how: string, note: string): Exchanged {
  return { done, detail: note === '' ? how : `${how}; ${note}` };
}
