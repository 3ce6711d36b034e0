import { messageOf, SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { copyMissing } from './copy-missing.js';
import type { Disk } from './disk.js';
import type { Places } from './places.js';
import { moveSides, removeSides } from './sides.js';
import type { SwapJournal } from './swap-journal.js';

export interface RenameSwap {
  readonly disk: Disk;
  readonly places: Places;
  /** Endings of files that belong to the one: `-wal`. */
  readonly sides: readonly string[];
  readonly journal: SwapJournal;
  /** Writes down whose the sides of the live place are from now on. */
  readonly note: (beside: NonNullable<SwapJournal['beside']>) => Promise<void>;
  readonly stillOurs: SourceContext['stillOurs'];
}

type Done = 'now' | 'before';

/**
 * The copy takes the place of what is live, by renames. Where it stands is read from what is there, so an attempt that was killed anywhere is
 * finished by the next. Between the two renames nothing is live; when the second one fails the first is undone.
 *
 * @throws COPY_MISSING, SWAP_FAILED with what was live still live
 */
export async function swapByRenames(swap: RenameSwap): Promise<Done> {
  const { places, journal: { hadLive } } = swap;
  const there = await look(swap);
  if (!there.copy) {
    if (there.live && (there.old || !hadLive)) return 'before';
    throw copyMissing(places.copy);
  }
  await swap.stillOurs();
  // The copy was proven without them: a check that was killed may have left some.
  await removeSides(swap, places.copy);
  if (there.live) await depart(swap, there.old ? places.gap : places.old);
  // Of what was live, or left of it: what takes its place is never to find them.
  else await moveSides(swap, places.live, places.old);
  await arrive(swap, places.copy, there.old || there.live ? () => comeBack(swap, places.old) : null);
  return 'now';
}

/** The mirrored swap: the old one is live again, what was restored is the copy, each with its sides. @throws SWAP_FAILED with what was restored still live */
export async function swapBackByRenames(swap: RenameSwap): Promise<Done> {
  const { places, journal: { hadLive, beside } } = swap;
  const there = await look(swap);
  if (!there.old && hadLive) return 'before';
  await swap.stillOurs();
  const leaves = there.live && (there.old || !there.copy);
  const aside = there.copy ? places.gap : places.copy;
  if (leaves) await depart(swap, aside);
  else if (!there.live && beside === 'copy') await moveSides(swap, places.live, places.copy);
  await orUndo(swap, places.old, () => swap.note('old'), leaves ? () => comeBack(swap, aside) : null);
  if (there.old) await arrive(swap, places.old, () => undoArrival(swap));
  else if (leaves || !there.live) await moveSides(swap, places.old, places.live);
  return there.old || leaves ? 'now' : 'before';
}

async function look({ disk, places }: RenameSwap): Promise<{ live: boolean; copy: boolean; old: boolean }> {
  const [live, copy, old] = [await disk.kindOf(places.live), await disk.kindOf(places.copy), await disk.kindOf(places.old)];
  return { live: live !== null, copy: copy !== null, old: old !== null };
}

/** The one first: what belongs to it is nothing without it, and never meets another one under the same name. */
async function depart(swap: RenameSwap, to: string): Promise<void> {
  const { disk, places: { live } } = swap;
  if ((await disk.kindOf(to)) !== null) throw new SlipwayError('SWAP_FAILED', `${to} is in the way: somebody made ${live} anew, twice. Look at both, and remove the one that is not needed.`);
  await renamed(swap, live, to);
  await orUndo(swap, to, () => moveSides(swap, live, to), () => comeBack(swap, to));
}

function arrive(swap: RenameSwap, from: string, undo: (() => Promise<void>) | null): Promise<void> {
  return orUndo(swap, from, () => comeBack(swap, from), undo);
}

/** @param which cannot be where it should be when `work` fails @param undo brings back what was live */
async function orUndo({ disk, places }: RenameSwap, which: string, work: () => Promise<void>, undo: (() => Promise<void>) | null): Promise<void> {
  try {
    await work();
  } catch (error) {
    await undo?.().catch(() => undefined);
    const live = (await disk.kindOf(places.live)) === null ? `Nothing is live: what was is beside it, as ${places.journal} says` : 'What was live is live';
    throw new SlipwayError('SWAP_FAILED', `${which} and ${places.live} could not be exchanged: ${messageOf(error)}. ${live}.`, { cause: error });
  }
}

/** What belongs to it first, so that it is never live without: whoever opened it then would begin a second log. */
async function comeBack(swap: RenameSwap, from: string): Promise<void> {
  const { disk, places } = swap;
  await moveSides(swap, from, places.live);
  await disk.rename(from, places.live);
}

async function undoArrival(swap: RenameSwap): Promise<void> {
  const { places } = swap;
  await moveSides(swap, places.live, places.old);
  await swap.note('copy');
  await comeBack(swap, places.copy);
}

async function renamed({ disk }: RenameSwap, from: string, to: string): Promise<void> {
  try {
    await disk.rename(from, to);
  } catch (error) {
    throw new SlipwayError('SWAP_FAILED', `${from} could not be put aside: ${messageOf(error)}.`, { cause: error });
  }
}
