import type { Damage, Manifest } from '../../domain/backup/manifest.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { FoundSnapshot, Stored, StoreRequest } from '../engine.js';

/** What the byte program is asked, one entry an operation: its input and its result. Both cross a pipe as JSON. */
export interface Operations {
  prepare: [input: WithKeys, result: null];
  store: [input: WithKeys & { readonly request: StoreRequest; readonly abandonedAfterMs: number }, result: StoredBytes];
  find: [input: InRepository & { readonly backup: string }, result: readonly FoundSnapshot[]];
  verify: [input: WithKeys & { readonly snapshot: string; readonly manifest: Manifest }, result: readonly Damage[]];
  fetch: [input: WithKeys & { readonly snapshot: string; readonly into: string }, result: null];
  forget: [input: InRepository & { readonly snapshots: readonly string[] }, result: null];
  prune: [input: InRepository & { readonly abandonedAfterMs: number }, result: null];
}

export type OperationName = keyof Operations;
export type InputOf<K extends OperationName> = Operations[K][0];
export type ResultOf<K extends OperationName> = Operations[K][1];

export interface InRepository {
  /** The repository's. */
  readonly folder: string;
}

export interface WithKeys extends InRepository {
  readonly keys: KeyTexts;
}

export interface KeyTexts {
  /** Content of an identity file: a key a line, comments with `#`. The first one's recipient is encrypted for; the others only open older backups. */
  readonly identity: string;
  /** Empty: the first identity's. */
  readonly recipients: readonly string[];
}

/** The manifest of a folder is known to the caller: only that of a stream comes back. */
export type StoredBytes = Omit<Stored, 'manifest'> & { readonly manifest: Manifest | null };

/** A line of the byte program's standard output; the last one is a result or an error. */
export type Line =
  | { readonly progress: { readonly bytes: number; readonly text: string } }
  | { readonly result: unknown }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

/** How one operation is carried out inside of the byte program. */
export type Operation<K extends OperationName> = (input: InputOf<K>, progress: (bytes: number) => void) => Promise<ResultOf<K>>;
