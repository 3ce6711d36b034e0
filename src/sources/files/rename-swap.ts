import { messageOf, SlipwayError } from '../../domain/errors.js';
import type { SourceContext } from '../source.js';
import { copyMissing } from './copy-missing.js';
import type { Disk } from './disk.js';
import type { Places } from './places.js';

export interface RenameSwap {
  readonly disk: Disk;
  readonly places: Places;
  /** Endings of files that belong to the one: `-wal`. */
  readonly sides: readonly string[];
  /** Whether anything was live when the run began. */
  readonly hadLive: boolean;
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
  const { places, hadLive } = swap;
  const there = await look(swap);
  if (!there.copy) {
    if (there.live && (there.old || !hadLive)) return 'before';
    throw copyMissing(places.copy);
  }
  await swap.stillOurs();
  if (there.live) await depart(swap, places.live, there.old ? places.gap : places.old);
  else if (there.old) await departSides(swap, places.live, places.old);
  await arrive(swap, places.copy, there.old || there.live ? places.old : null);
  return 'now';
}

/** The mirrored swap: what was live is live again, what was restored is the copy. @throws SWAP_FAILED with what was restored still live */
export async function swapBackByRenames(swap: RenameSwap): Promise<Done> {
  const { places, hadLive } = swap;
  const there = await look(swap);
  if (!there.old) {
    if (hadLive || there.copy || !there.live) return 'before';
    await swap.stillOurs();
    await depart(swap, places.live, places.copy);
    return 'now';
  }
  await swap.stillOurs();
  if (there.live) await depart(swap, places.live, there.copy ? places.gap : places.copy);
  // Cut off before: they were brought to rest, and may be of either.
  else await departSides(swap, places.live, places.gap);
  await arrive(swap, places.old, places.copy);
  return 'now';
}

async function look({ disk, places }: RenameSwap): Promise<{ live: boolean; copy: boolean; old: boolean }> {
  const [live, copy, old] = [await disk.kindOf(places.live), await disk.kindOf(places.copy), await disk.kindOf(places.old)];
  return { live: live !== null, copy: copy !== null, old: old !== null };
}

/** The one first: what belongs to it is nothing without it, and never meets another one under the same name. */
async function depart(swap: RenameSwap, from: string, to: string): Promise<void> {
  if ((await swap.disk.kindOf(to)) !== null) throw new SlipwayError('SWAP_FAILED', `${to} is in the way: somebody made ${from} anew, twice. Look at both, and remove the one that is not needed.`);
  await renamed(swap, from, to);
  await departSides(swap, from, to);
}

async function departSides({ disk, sides }: RenameSwap, from: string, to: string): Promise<void> {
  for (const side of sides) if ((await disk.kindOf(from + side)) !== null) await disk.rename(from + side, to + side);
}

/** @param fallback what takes the place when `from` cannot */
async function arrive(swap: RenameSwap, from: string, fallback: string | null): Promise<void> {
  const { disk, places } = swap;
  try {
    await disk.rename(from, places.live);
  } catch (error) {
    if (fallback !== null) await disk.rename(fallback, places.live).catch(() => undefined);
    const live = (await disk.kindOf(places.live)) === null ? `Nothing is live: it is at ${fallback ?? from}` : 'What was live is live';
    throw new SlipwayError('SWAP_FAILED', `${from} could not take the place of ${places.live}: ${messageOf(error)}. ${live}.`, { cause: error });
  }
}

async function renamed({ disk }: RenameSwap, from: string, to: string): Promise<void> {
  try {
    await disk.rename(from, to);
  } catch (error) {
    throw new SlipwayError('SWAP_FAILED', `${from} could not be put aside: ${messageOf(error)}.`, { cause: error });
  }
}
