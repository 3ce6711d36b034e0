import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';
import { checkByCommand } from '../check-by-command.js';
import { copyMissing } from '../files/copy-missing.js';
import { createDisk, type Disk } from '../files/disk.js';
import type { Exchange, Exchanged } from '../files/exchange.js';
import { withFileFaults } from '../files/file-fault.js';
import { likeLive } from '../files/like-live.js';
import { createLinkExchange } from '../files/link-exchange.js';
import { type LivePlace, livePlace } from '../files/live-place.js';
import { placesBehindLink, placesBeside } from '../files/places.js';
import { createRenameExchange } from '../files/rename-exchange.js';
import { readJournal } from '../files/swap-journal.js';
import { syncFileSystem } from '../files/sync-file-system.js';
import type { Source, SourceContext, SwapResult } from '../source.js';
import { readTree, requireUnchanged } from './read-tree.js';

export interface DirectorySourceOptions {
  /** As the definition calls it. */
  readonly name: string;
  /** Absolute: a folder, or a link to one. */
  readonly path: string;
  readonly programs: Programs;
  /** @default the file system of this host */
  readonly disk?: Disk;
}

/**
 * A folder with all that is in it: files, folders and links, by their UTF-8 names. It has no snapshot, so what changes while it is read fails the
 * backup. Contents are proven; modes and owners come back as far as the engine keeps them and the worker may set them.
 */
export function createDirectorySource({ name, path, programs, disk = createDisk() }: DirectorySourceOptions): Source {
  async function exchangeOf(run: string): Promise<Exchange> {
    const place = await livePlace(disk, path);
    requireFolder(path, place);
    if (place.link === null) return createRenameExchange({ disk, places: placesBeside(place.target, run) });
    const places = placesBehindLink(place.path, place.target, run);
    // Somebody may have made the link lead elsewhere since.
    const copy = (await readJournal(disk, places.journal))?.copy ?? places.copy;
    return createLinkExchange({ disk, places: { ...places, copy } });
  }

  /** Every call on the file system, with its errors as ours. */
  async function act<T>(doing: string, { run, signal }: SourceContext, work: (exchange: Exchange) => Promise<T>, otherwise: 'SWAP_FAILED' | 'RESTORE_FAILED' | 'SOURCE_REFUSED' = 'SOURCE_REFUSED'): Promise<T> {
    signal.throwIfAborted();
    return withFileFaults(`${doing} of ${path}`, otherwise, async () => work(await exchangeOf(run)));
  }

  async function swapping(doing: string, context: SourceContext, work: (exchange: Exchange) => Promise<Exchanged>): Promise<SwapResult> {
    return act(doing, context, async (exchange) => {
      const beganAt = performance.now();
      return { ...(await work(exchange)), tookMs: performance.now() - beganAt };
    }, 'SWAP_FAILED');
  }

  return {
    kind: 'directory',
    async capture(context, use) {
      const at = new Date().toISOString();
      const { root, tree } = await act('A backup', context, async (exchange) => {
        const live = await exchange.locate('live');
        return { root: live, tree: await readTree(live, context) };
      });
      return use({
        fingerprint: tree.fingerprint, at, content: { kind: 'tree', root, manifest: tree.manifest },
        unchanged: () => withFileFaults(`A backup of ${path}`, 'SOURCE_CHANGED', () => requireUnchanged(root, tree.entries, context.signal)),
      });
    },
    fingerprint: (side, context) => act('A fingerprint', context, async (exchange) => (await readTree(await exchange.locate(side), context)).fingerprint),
    describeSwap: () => withFileFaults(`The plan for ${path}`, 'SOURCE_REFUSED', async () => {
      const { link, kind, target } = await livePlace(disk, path);
      if (link !== null) return { how: 'one rename of a link', gap: null, needsQuiesce: false };
      if (kind === null) return { how: 'one rename', gap: null, needsQuiesce: false };
      await refuseMountPoint(target);
      return { how: 'two renames', gap: 'for a moment between the two renames there is no folder', needsQuiesce: false };
    }),
    prepareCopy: (context) => act('A restore', context, async (exchange) => {
      const { places } = exchange;
      await exchange.requireNotSwapped();
      await exchange.dropCopy();
      await disk.makeFolder(places.part);
      return { folder: places.part };
    }, 'RESTORE_FAILED'),
    fillCopy: (context) => act('A restore', context, async (exchange) => {
      const { places } = exchange;
      await exchange.requireNotSwapped();
      if ((await disk.kindOf(places.part)) !== 'folder') {
        if ((await disk.kindOf(places.copy)) === null) throw copyMissing(places.part);
        return;
      }
      await likeLive(places.part, (await livePlace(disk, path)).target, 0o755);
      await syncFileSystem(programs, places.part, context.signal);
      await disk.rename(places.part, places.copy);
    }, 'RESTORE_FAILED'),
    check: (checks, context) => act('A check', context, async (exchange) => {
      const copy = await exchange.locate('copy');
      const outcomes = [];
      for (const [check, spec] of Object.entries(checks)) {
        const outcome = spec.kind === 'command' ? await checkByCommand(spec, { copy, programs, signal: context.signal }) : { ok: false, detail: 'a folder is checked by command' };
        outcomes.push({ name: check, ...outcome });
      }
      return outcomes;
    }),
    async quiesce() {
      throw new SlipwayError('QUIESCE_UNSUPPORTED', `Nothing but a command of yours can stop the writers of the folder ${name}.`);
    },
    unquiesce: async () => undefined,
    swap: (context) => swapping('A swap', context, (exchange) => exchange.swap()),
    swapBack: (context) => swapping('A swap back', context, (exchange) => exchange.swapBack()),
    dropOld: (context) => act('Dropping what was replaced', context, (exchange) => exchange.dropOld()),
    dropCopy: (context) => act('Dropping the copy', context, (exchange) => exchange.dropCopy()),
  };
}

function requireFolder(path: string, { kind }: LivePlace): void {
  if (kind !== 'folder' && kind !== null) throw new SlipwayError('SOURCE_UNSUPPORTED', `${path} is no folder.`);
}

async function refuseMountPoint(folder: string): Promise<void> {
  if ((await lstat(folder)).dev === (await lstat(dirname(folder))).dev) return;
  throw new SlipwayError('SOURCE_UNSUPPORTED', `${folder} is where a file system is mounted, and cannot be renamed: name a folder in it.`);
}
