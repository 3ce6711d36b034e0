import { constants } from 'node:fs';
import { chmod, type FileHandle, lchown, lutimes, mkdir, open, readdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SlipwayError } from '../../../domain/errors.js';
import { errnoOf } from '../../../net/errno.js';
import { BrokenArchive } from '../format/broken-archive.js';
import { parsePartName, STREAM } from '../format/layout.js';
import type { ArchiveEntry } from '../format/read-archive.js';
import { foldersAbove, unsafePath } from '../format/safe-path.js';
import { secondsText } from '../../tar-metadata.js';
import { isFull } from '../repository/faults.js';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes the entries of an archive below a folder, and nowhere else: nothing is ever written over, and links are made when all else is there, so
 * that none can lead a later entry astray.
 */
export class FolderWriter {
  readonly #root: string;
  readonly #links = new Map<string, ArchiveEntry>();
  readonly #folders = new Map<string, ArchiveEntry | undefined>();
  #stream: { readonly name: string; readonly parts: number } | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws ENGINE_FAILED when something is there already, which might be of value */
  async begin(): Promise<void> {
    const there = await staging(() => readdir(this.#root));
    if (there.length > 0) throw new SlipwayError('ENGINE_FAILED', `${this.#root} is not empty: a backup is only brought into an empty folder.`);
  }

  /** @throws UNSAFE_PATH, STAGING_FULL, BrokenArchive */
  async add(entry: ArchiveEntry, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (entry.place === STREAM) return this.#addPart(entry, body);
    await this.#addFoldersAbove(entry.path);
    if (this.#links.has(entry.path)) throw unsafePath(`${entry.name} (for the second time)`);
    if (entry.kind === 'link') {
      if (this.#folders.has(entry.path)) throw unsafePath(`${entry.name} (for the second time)`);
      this.#links.set(entry.path, entry);
    } else if (entry.kind === 'folder') {
      await this.#makeFolder(entry.path);
      this.#folders.set(entry.path, entry);
    } else {
      const place = join(this.#root, entry.path);
      await this.#write(place, NEW_FILE, body);
      await staging(() => describe(place, entry));
    }
  }

  /** Links, then what the writing itself would have changed of the folders. */
  async finish(): Promise<void> {
    for (const [path, entry] of this.#links) {
      const place = join(this.#root, path);
      await staging(() => symlink(entry.target, place), path);
      await staging(() => owned(place, entry));
      await staging(() => lutimes(place, timeOf(entry), timeOf(entry)));
    }
    for (const [path, entry] of [...this.#folders].reverse()) {
      if (entry) await staging(() => describe(join(this.#root, path), entry));
    }
  }

  /** The parts of a stream become one file again. */
  async #addPart(entry: ArchiveEntry, body: AsyncIterable<Uint8Array>): Promise<void> {
    const part = parsePartName(entry.path);
    const before = this.#stream ?? { name: part?.name ?? '', parts: 0 };
    if (part?.name !== before.name || part.index !== before.parts + 1) throw new BrokenArchive(`part ${before.parts + 1} should be here, but it is ${entry.path}`);
    const place = join(this.#root, part.name);
    await this.#write(place, before.parts === 0 ? NEW_FILE : constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW, body);
    this.#stream = { name: part.name, parts: part.index };
  }

  async #write(place: string, flags: number, body: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await staging(() => open(place, flags, 0o600), place);
    try {
      for await (const chunk of body) await staging(() => writeAll(file, chunk));
    } finally {
      await file.close();
    }
  }

  async #addFoldersAbove(path: string): Promise<void> {
    for (const above of foldersAbove(path)) {
      if (this.#links.has(above)) throw unsafePath(`${path} (which goes through the link ${above})`);
      if (!this.#folders.has(above)) await this.#makeFolder(above);
    }
  }

  async #makeFolder(path: string): Promise<void> {
    if (this.#folders.has(path)) return;
    await staging(() => mkdir(join(this.#root, path), 0o700), path);
    this.#folders.set(path, undefined);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  await file.writeFile(chunk);
}

/** The owner first: changing it takes the bits away that let a program run as its owner. */
async function describe(place: string, entry: ArchiveEntry): Promise<void> {
  await owned(place, entry);
  await chmod(place, entry.metadata.mode);
  await utimes(place, timeOf(entry), timeOf(entry));
}

/** As text: a number below zero would be taken for now. The system call behind it knows microseconds. */
function timeOf({ metadata: { modifiedNs } }: ArchiveEntry): string {
  return secondsText(modifiedNs);
}

/** Only the superuser can give files away; for all others they are their own. */
async function owned(place: string, { metadata: { uid, gid } }: ArchiveEntry): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await lchown(place, uid, gid).catch((error: unknown) => {
    // In a container the owner may be nobody who is known there.
    if (!['EPERM', 'EINVAL'].includes(errnoOf(error) ?? '')) throw error;
  });
}

/** @param path of something new: the same name a second time is no accident */
async function staging<T>(work: () => Promise<T>, path?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isFull(error)) throw new SlipwayError('STAGING_FULL', `There is no room left for what is brought back: ${messageOf(error)}.`, { cause: error });
    if (path !== undefined && ['EEXIST', 'ELOOP', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw unsafePath(`${path} (for the second time)`);
    if (errnoOf(error) === undefined) throw error;
    throw new SlipwayError('ENGINE_FAILED', `What is brought back cannot be written: ${messageOf(error)}.`, { cause: error });
  }
}
