import { SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { copyMissing } from './copy-missing.js';
import type { Disk } from './disk.js';
import type { Exchange, Exchanged } from './exchange.js';
import { notThere } from './live-place.js';
import type { Places } from './places.js';
import { type RenameSwap, swapBackByRenames, swapByRenames } from './rename-swap.js';
import { readJournal, refuseTakenBack, type SwapJournal, writeJournal } from './swap-journal.js';

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
  const swapOf = ({ hadLive }: SwapJournal): RenameSwap => ({ disk, places, stillOurs, sides, hadLive });
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

  async function rested(): Promise<string> {
    const moving = [places.live, places.old];
    const there = await Promise.all(moving.map(isThere));
    return bringToRest(moving.filter((_, index) => there[index]));
  }

  async function refuseHalfDone(): Promise<void> {
    if (!(await isThere(places.live)) && (await isThere(places.old))) {
      throw new SlipwayError('SWAP_FAILED', `A swap was cut off between its renames: what was live is at ${places.old}. Swap, or swap back, before anything is dropped.`);
    }
  }

  async function isInForce(): Promise<boolean> {
    const journal = await readJournal(disk, places.journal);
    return journal?.direction === 'forth' && ((await isThere(places.old)) || (!journal.hadLive && !(await isThere(places.copy))));
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
      const journal = known ?? (await begin());
      const note = (await isThere(places.copy)) ? await rested() : '';
      return exchanged(await swapByRenames(swapOf(journal)), 'two renames', note);
    },
    async swapBack() {
      const known = await readJournal(disk, places.journal);
      // With neither a journal nor a copy there is nothing that could still be swapped.
      if (!known && !(await isThere(places.copy))) return exchanged('before', 'nothing was swapped', '');
      const journal: SwapJournal = { ...(known ?? (await begin())), direction: 'back' };
      await writeJournal(disk, places.journal, journal);
      const note = (await isThere(places.old)) ? await rested() : '';
      return exchanged(await swapBackByRenames(swapOf(journal)), 'two renames', note);
    },
    async dropCopy() {
      await refuseHalfDone();
      const inForce = await isInForce();
      await stillOurs();
      await removeAll([places.part, ...withSides(places.copy)]);
      if (!inForce) await disk.remove(places.journal);
    },
    async dropOld() {
      await refuseHalfDone();
      await stillOurs();
      await removeAll([places.part, ...withSides(places.copy), ...withSides(places.old), ...withSides(places.gap), places.journal]);
    },
  };
}

function exchanged(done: 'now' | 'before', how: string, note: string): Exchanged {
  return { done, detail: note === '' ? how : `${how}; ${note}` };
}
