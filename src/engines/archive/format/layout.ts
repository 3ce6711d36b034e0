import { join } from 'node:path';
import { isSafePath, safePath, unsafePath } from './safe-path.js';

/** `<repository>/<source path>/<time>-<backup>-<attempt>.tar.gz.age`: the path below the repository is the snapshot's name. */
const ARCHIVE = '.tar.gz.age';
const SIDECAR = '.json';
const PART = '.part';

/** Inside of an archive: files as they were, or the parts of a stream. The two cannot be mistaken for each other or for the manifest. */
export const TREE = 'tree';
export const STREAM = 'stream';
export const MANIFEST = 'MANIFEST.sha256';

/** Large enough to be few, small enough to be held: how a stream of unknown length goes into a tar. */
export const STREAM_PART_BYTES = 16 * 1_048_576;

export interface ArchiveName {
  /** `20261123T222614Z` */
  readonly time: string;
  readonly backup: string;
  readonly attempt: number;
}

export function archiveFile(at: Date, { backup, attempt }: Omit<ArchiveName, 'time'>): string {
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = `${time}-${backup}-${attempt}${ARCHIVE}`;
  if (safePath(file).includes('/')) throw unsafePath(file);
  return file;
}

function parseArchiveFile(file: string): ArchiveName | undefined {
  const [, time, backup, attempt] = /^(\d{8}T\d{6}Z)-(.+)-(\d+)\.tar\.gz\.age$/.exec(file) ?? [];
  return time === undefined || backup === undefined ? undefined : { time, backup, attempt: Number(attempt) };
}

/** The three files that one backup may have, of the path of its archive. */
export interface BackupFiles {
  readonly archive: string;
  readonly sidecar: string;
  /** What is being written, or was when its writer was killed. */
  readonly part: string;
}

/** @throws UNSAFE_PATH for what is no snapshot */
export function filesOf(folder: string, snapshot: string): BackupFiles {
  if (!isSnapshot(snapshot)) throw unsafePath(snapshot);
  const archive = join(folder, snapshot);
  return { archive, sidecar: archive.slice(0, -ARCHIVE.length) + SIDECAR, part: archive + PART };
}

/** The snapshot that a file belongs to, and as what; undefined for any other file. */
export function belongsTo(path: string): { readonly snapshot: string; readonly as: keyof BackupFiles } | undefined {
  const candidates = [
    { snapshot: path, as: 'archive' as const },
    { snapshot: path.endsWith(PART) ? path.slice(0, -PART.length) : '', as: 'part' as const },
    { snapshot: path.endsWith(SIDECAR) ? path.slice(0, -SIDECAR.length) + ARCHIVE : '', as: 'sidecar' as const },
  ];
  return candidates.find(({ snapshot }) => isSnapshot(snapshot));
}

/** Of the catalogue's text, or a path below the repository. */
export function nameOf(snapshot: string): ArchiveName | undefined {
  return parseArchiveFile(snapshot.slice(snapshot.lastIndexOf('/') + 1));
}

/** Never anything outside of the repository, nor anything in it that is no backup. */
export function isSnapshot(path: string): boolean {
  return isSafePath(path) && nameOf(path) !== undefined;
}

/** `dump.part-000001`, counted from 1. */
export function partName(name: string, index: number): string {
  return `${name}.part-${String(index).padStart(6, '0')}`;
}

export function parsePartName(path: string): { readonly name: string; readonly index: number } | undefined {
  const [, name, index] = /^(.+)\.part-(\d{6,})$/s.exec(path) ?? [];
  return name === undefined ? undefined : { name, index: Number(index) };
}
