import { dirname, isAbsolute, join, basename, resolve } from 'node:path';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import type { Side, SourceContext } from '../source.js';
import { copyMissing } from './copy-missing.js';
import type { Disk } from './disk.js';
import type { Exchange } from './exchange.js';
import { livePlace, notThere } from './live-place.js';
import type { Places } from './places.js';
import { readJournal, refuseTakenBack, type SwapJournal, writeJournal } from './swap-journal.js';

export interface LinkExchangeOptions {
  readonly disk: Disk;
  /** `live` is the link, `copy` the folder that it is to lead to. */
  readonly places: Places;
  readonly stillOurs: SourceContext['stillOurs'];
}

/** One rename: a new link over the old one, so that there is always something live. */
export function createLinkExchange({ disk, places, stillOurs }: LinkExchangeOptions): Exchange {
  const target = async () => (await livePlace(disk, places.live)).target;

  async function begin(): Promise<SwapJournal> {
    const { target: old, link, kind } = await livePlace(disk, places.live);
    const journal: SwapJournal = { direction: 'forth', live: places.live, copy: places.copy, old, hadLive: kind !== null, link };
    await writeJournal(disk, places.journal, journal);
    return journal;
  }

  async function lead(text: string): Promise<void> {
    await stillOurs();
    try {
      await disk.makeLink(places.newLink, text);
      await disk.rename(places.newLink, places.live);
    } catch (error) {
      throw new SlipwayError('SWAP_FAILED', `The link ${places.live} could not be replaced: ${messageOf(error)}. It leads where it led.`, { cause: error });
    }
  }

  /** What is the copy of one run may be what a later one has replaced, and keeps for its way back. */
  async function removed(path: string): Promise<void> {
    await stillOurs();
    await disk.remove(path);
  }

  async function locate(side: Side): Promise<string> {
    const live = await target();
    if (side === 'copy') {
      if (live === places.copy || (await disk.kindOf(places.copy)) === null) throw copyMissing(places.copy);
      return places.copy;
    }
    if ((await disk.kindOf(live)) === null) throw await notThere(places.live, live);
    return live;
  }

  return {
    places,
    locate,
    async requireNotSwapped() {
      if ((await target()) === places.copy) throw new SlipwayError('SWAP_FAILED', `${places.live} leads to ${places.copy} already.`);
    },
    async swap() {
      const known = await readJournal(disk, places.journal);
      refuseTakenBack(known);
      const live = await target();
      if (live === places.copy) return { done: 'before', detail: 'one rename of a link' };
      await locate('copy');
      const journal = known ?? (await begin());
      if (live !== journal.old) throw new SlipwayError('SWAP_FAILED', `Somebody made ${places.live} lead to ${live}, and not to ${journal.old} as when the restore began.`);
      await lead(linkTo(places.copy, journal));
      return { done: 'now', detail: `one rename of a link, which led to ${journal.old} before` };
    },
    async swapBack() {
      const known = await readJournal(disk, places.journal);
      if (!known && (await disk.kindOf(places.copy)) === null) return { done: 'before', detail: 'nothing was swapped' };
      const journal: SwapJournal = { ...(known ?? (await begin())), direction: 'back' };
      await writeJournal(disk, places.journal, journal);
      const live = await target();
      if (live !== places.copy || journal.link === null) return { done: 'before', detail: `the link leads to ${live}` };
      await lead(journal.link);
      return { done: 'now', detail: `one rename of a link, which leads to ${journal.old} again` };
    },
    async dropCopy() {
      for (const path of [places.part, places.newLink]) await removed(path);
      if ((await target()) === places.copy) return;
      for (const path of [places.copy, places.journal]) await removed(path);
    },
    async dropOld() {
      const journal = await readJournal(disk, places.journal);
      const live = await target();
      for (const path of [places.part, places.newLink]) await removed(path);
      // Whoever made the link lead elsewhere decides about what it led to.
      if (journal && live === places.copy && journal.old !== live) await removed(journal.old);
      if (live !== places.copy) await removed(places.copy);
      await removed(places.journal);
    },
  };
}

/** Relative where the old one was, so that the folders can still be moved together. */
function linkTo(copy: string, { link, live, old }: SwapJournal): string {
  if (link === null || isAbsolute(link) || resolve(dirname(live), link) !== old) return copy;
  return join(dirname(link), basename(copy));
}
