import type { Damage, Manifest } from '../domain/backup/manifest.js';

/**
 * What keeps backups in one repository. Every call is bounded by its signal, streams, and leaves nothing half-deleted: a store that fails or is
 * killed leaves at most bytes that no snapshot names, which the next `prune` or `store` cleans up.
 *
 * Callers hold the repository's lease: shared for `store`, `find`, `verify`, `fetch`; alone for `prepare`, `forget`, `prune`, `unlock`.
 *
 * All throw PROGRAM_MISSING, ENGINE_TOO_OLD, SECRET_MISSING, REPOSITORY_PASSWORD_WRONG, REPOSITORY_UNREACHABLE (retryable), REPOSITORY_FULL,
 * REPOSITORY_LOCKED (retryable, after `unlock`), ENGINE_DIED (retryable) when its program was ended from outside, ENGINE_FAILED with the end of
 * what the engine said.
 */
export interface Engine {
  /** Of the repository it keeps, as the operator named it. */
  readonly name: string;
  readonly kind: 'restic' | 'archive' | 'fake';
  /** Where the repository is; at another place is another repository. Holds no secret. */
  readonly place: string;
  /** Makes the repository where none is yet, and finds out whether it can be used. Idempotent, but never by two at once. */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * Stores one backup, all or nothing.
   *
   * @throws PRODUCER_FAILED when the program that makes the stream failed: nothing is stored then
   * @throws SOURCE_CHANGED when a file vanished or changed while it was read
   */
  store(request: StoreRequest, progress: OnProgress, signal: AbortSignal): Promise<Stored>;
  /** What an attempt stored whose answer was lost. Newest last. */
  find(backup: string, signal: AbortSignal): Promise<readonly FoundSnapshot[]>;
  /**
   * Reads every byte of this very snapshot back from its destination and compares it with the manifest, modes, owners and times included
   * where the manifest has them.
   *
   * @returns what is wrong, at most 50; empty: all is as it was stored. A snapshot that is missing or cannot be opened is damage, not an error.
   */
  verify(snapshot: string, manifest: Manifest, progress: OnProgress, signal: AbortSignal): Promise<readonly Damage[]>;
  /**
   * Brings a snapshot's files into `folder`, which exists and is empty. Nothing is ever written outside of it.
   *
   * @throws BACKUP_DAMAGED when the bytes cannot be read, UNSAFE_PATH when the backup names a place outside of the folder
   */
  fetch(snapshot: string, folder: string, progress: OnProgress, signal: AbortSignal): Promise<void>;
  /** Lets snapshots go, which may leave their bytes until `prune`. One that is gone already is no error. */
  forget(snapshots: readonly string[], signal: AbortSignal): Promise<void>;
  /**
   * Gives the bytes back that no snapshot needs.
   *
   * @throws REPOSITORY_DAMAGED when something is missing that a snapshot needs, as far as can be seen without reading every byte: then nothing is deleted
   */
  prune(signal: AbortSignal): Promise<void>;
  /** Takes away locks whose owner is known to be dead; never all of them. */
  unlock(signal: AbortSignal): Promise<void>;
}

export interface StoreRequest {
  /** Each attempt's snapshots can be found by it. */
  readonly backup: string;
  /** Which attempt it is: kept with the snapshot. */
  readonly attempt: number;
  /** `<environment>/<service>/<source>`: the same for all backups of a source. */
  readonly source: string;
  readonly content: Content;
}

/** What is stored: the output of a program as one file, or a folder as it is. */
export type Content =
  | {
    readonly kind: 'stream';
    /** The file's name in the backup. */
    readonly name: string;
    readonly command: readonly string[];
    /** Beside the worker's own; may hold secrets. */
    readonly env: Readonly<Record<string, string>>;
  }
  | { readonly kind: 'tree'; readonly root: string; readonly manifest: Manifest };

export interface Stored {
  readonly snapshot: string;
  /** Of what was produced, taken before it went to the repository. */
  readonly manifest: Manifest;
  readonly bytes: number;
  /** What it took in the repository, after deduplication and compression. */
  readonly storedBytes: number;
}

export interface FoundSnapshot {
  readonly snapshot: string;
  readonly attempt: number;
  /** null where the engine does not keep it with the snapshot. */
  readonly stored: Stored | null;
}

export type OnProgress = (progress: { readonly bytes: number; readonly text: string }) => void;
