import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';
import { createDisk, type Disk } from '../files/disk.js';
import type { Exchange } from '../files/exchange.js';
import { withFileFaults } from '../files/file-fault.js';
import { createFileSource } from '../files/file-source.js';
import { likeLive } from '../files/like-live.js';
import { createLinkExchange } from '../files/link-exchange.js';
import { type LivePlace, livePlace } from '../files/live-place.js';
import { placesBehindLink, placesBeside } from '../files/places.js';
import { createRenameExchange } from '../files/rename-exchange.js';
import { readJournal } from '../files/swap-journal.js';
import { syncFileSystem } from '../files/sync-file-system.js';
import type { Captured, Source, SourceContext } from '../source.js';
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
 * backup. Contents and modes are proven, and owners where the worker is root; times and extended attributes come back as far as the engine keeps them.
 */
export function createDirectorySource({ name, path, programs, disk = createDisk() }: DirectorySourceOptions): Source {
  return createFileSource({
    kind: 'directory', what: `the folder ${name}`, path, disk, programs,
    exchangeOf: (context) => exchangeOf(disk, path, context),
    capture: (live, context, use) => captureFolder(path, live, context, use),
    fingerprint: async (folder, _side, context) => (await readTree(folder, context)).fingerprint,
    async describeSwap() {
      const { link, kind, target } = await livePlace(disk, path);
      if (kind !== null) await refuseMountPoint(target);
      if (link !== null) return { how: 'one rename of a link', gap: null };
      return kind === null ? { how: 'one rename', gap: null } : { how: 'two renames', gap: 'for a moment between the two renames there is no folder' };
    },
    async finish({ part, copy }, { signal }) {
      await likeLive(part, (await livePlace(disk, path)).target, 0o755);
      await syncFileSystem(programs, part, signal);
      await disk.rename(part, copy);
    },
    checkByQuery: async () => ({ ok: false, detail: 'a folder is checked by command' }),
  });
}

async function exchangeOf(disk: Disk, path: string, { run, stillOurs }: SourceContext): Promise<Exchange> {
  const place = await livePlace(disk, path);
  requireFolder(path, place);
  if (place.link === null) return createRenameExchange({ disk, stillOurs, places: placesBeside(place.target, run) });
  const places = placesBehindLink(place.path, place.target, run);
  // Somebody may have made the link lead elsewhere since.
  const copy = (await readJournal(disk, places.journal))?.copy ?? places.copy;
  return createLinkExchange({ disk, stillOurs, places: { ...places, copy } });
}

async function captureFolder<T>(path: string, live: string, context: SourceContext, use: (captured: Captured) => Promise<T>): Promise<T> {
  const at = new Date().toISOString();
  const tree = await withFileFaults(`A backup of ${path}`, 'SOURCE_REFUSED', () => readTree(live, context));
  return use({
    fingerprint: tree.fingerprint, at, content: { kind: 'tree', root: live, manifest: tree.manifest },
    unchanged: () => withFileFaults(`A backup of ${path}`, 'SOURCE_CHANGED', () => requireUnchanged(live, tree.entries, context.signal)),
  });
}

function requireFolder(path: string, { kind }: LivePlace): void {
  if (kind !== 'folder' && kind !== null) throw new SlipwayError('SOURCE_UNSUPPORTED', `${path} is no folder.`);
}

/** What is mounted cannot be renamed, and a copy beside it would be on another file system than the data. */
async function refuseMountPoint(folder: string): Promise<void> {
  if ((await lstat(folder)).dev === (await lstat(dirname(folder))).dev) return;
  throw new SlipwayError('SOURCE_UNSUPPORTED', `${folder} is where a file system is mounted, and cannot be renamed: name a folder in it, or let the link lead to one.`);
}
