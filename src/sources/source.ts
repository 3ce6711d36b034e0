import type { CheckOutcome } from '../domain/backup/restore-status.js';
import type { CheckSpec, SourceKind } from '../domain/backup/source-spec.js';
import type { Fingerprint } from '../domain/backup/fingerprint.js';
import type { Content } from '../engines/engine.js';

/**
 * Data that can be backed up and brought back. Every call that changes something is idempotent by `run`: a repetition finds what an attempt
 * before it did, and finishes it. Nothing but `swap`, `swapBack` and `quiesce` touches what is live. `quiesce`, `unquiesce`, `swap`, `swapBack`,
 * `dropOld` and `dropCopy` ask `stillOurs` right before they begin to change something, and change nothing when it rejects: an attempt that stood
 * still until its run had ended would otherwise change what a later run is at.
 *
 * All throw SECRET_MISSING, SOURCE_UNREACHABLE (retryable), SOURCE_REFUSED (wrong password, missing right), SOURCE_MISSING, PROGRAM_MISSING,
 * CLIENT_TOO_OLD, CLIENT_TOO_NEW.
 */
export interface Source {
  readonly kind: SourceKind;
  /**
   * Reads what is there at one instant, and keeps that instant while `use` stores it.
   *
   * @throws SOURCE_CHANGED (retryable) when it changed while it was read, and this kind of source has no snapshot
   */
  capture<T>(context: SourceContext, use: (captured: Captured) => Promise<T>): Promise<T>;
  /** @throws COPY_MISSING for a side that is not there */
  fingerprint(side: Side, context: SourceContext): Promise<Fingerprint>;
  /** How the swap will be done here, for the plan. */
  describeSwap(context: SourceContext): Promise<SwapDescription>;
  /**
   * Makes the copy, beside what is live, from the files of a backup, which `fetch` brings into an empty folder near to where they are needed.
   * Starts anew each time: what an earlier attempt left of this run is removed. @throws RESTORE_FAILED, STAGING_FULL, and what `fetch` throws
   */
  fillCopy(context: SourceContext, fetch: (folder: string) => Promise<void>): Promise<void>;
  check(checks: Readonly<Record<string, CheckSpec>>, context: SourceContext): Promise<readonly CheckOutcome[]>;
  /** No new writes from here on: read-only mode. @throws QUIESCE_UNSUPPORTED */
  quiesce(context: SourceContext): Promise<void>;
  /** Writes are allowed again on what is live. */
  unquiesce(context: SourceContext): Promise<void>;
  /** The copy becomes live, and what was live becomes the old one. @throws SWAP_FAILED with what was live still live, COPY_MISSING */
  swap(context: SourceContext): Promise<SwapResult>;
  /** The mirrored swap: the old one is live again, and what was restored is put aside under the copy's name. */
  swapBack(context: SourceContext): Promise<SwapResult>;
  /** The last of a run: what was replaced, and everything else it left. */
  dropOld(context: SourceContext): Promise<void>;
  /** The copy and its files. Never what is live, never the old one. */
  dropCopy(context: SourceContext): Promise<void>;
}

export type Side = 'live' | 'copy';

export interface SourceContext {
  /** Names what belongs to one restore, drill or backup: a ULID. */
  readonly run: string;
  readonly signal: AbortSignal;
  /** Rejects, with what the call rejects with then, when this attempt is not the one that counts any more. */
  readonly stillOurs: () => Promise<void>;
  /** For people who watch. */
  readonly progress: (text: string) => void;
}

export interface Captured {
  readonly fingerprint: Fingerprint;
  /** RFC 3339: the instant the data is of. */
  readonly at: string;
  readonly content: Content;
  /** Asked when all is stored. @throws SOURCE_CHANGED */
  readonly unchanged: () => Promise<void>;
}

export interface SwapDescription {
  /** `one transaction`, `one rename of a link`, `two renames`. */
  readonly how: string;
  /** When clients see nothing or an error, in words; null: never. */
  readonly gap: string | null;
}

export interface SwapResult {
  /** `before`: an earlier attempt did it. */
  readonly done: 'now' | 'before';
  readonly tookMs: number;
  readonly detail: string;
}
