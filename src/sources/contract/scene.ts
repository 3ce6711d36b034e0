import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckSpec } from '../../domain/backup/source-spec.js';
import type { Captured, Source, SourceContext } from '../source.js';
import { keepContent } from './keep-content.js';

/** One source under test, with data of a few entries by key, and the means to change it as its application would. */
export interface SourceScene {
  readonly source: Source;
  /** A folder for the files of backups; `close` removes it. */
  readonly scratch: string;
  /** Adds an entry to what is live. */
  add(key: string): Promise<void>;
  /** The keys of what is live, sorted, as the application would read them. */
  keys(): Promise<readonly string[]>;
  /** Adds an entry to the copy of this run: somebody tampers with it. */
  addToCopy(key: string, run: string): Promise<void>;
  /** Makes the files of a backup unusable, in this folder; absent where any files are good. */
  readonly spoil?: (folder: string) => Promise<void>;
  /** Names of everything beside what is live: copies, old ones, staging. */
  leftovers(): Promise<readonly string[]>;
  readonly checks: {
    /** Of the copy: true as long as it holds the key. */
    holds(key: string): CheckSpec;
    /** Cannot even be run: a wrong statement, a program that fails. */
    readonly broken: CheckSpec;
  };
  close(): Promise<void>;
}

/** What only some sources have: each brings further promises. */
export type SourceFeature =
  /** What is written while it is captured is not in it; the others notice it by `unchanged`. */
  | 'snapshot'
  /** `quiesce` stops writers by itself. */
  | 'read-only'
  /** A swap that comes after the swap back of its run does nothing. */
  | 'fenced';

export type SceneHolder = () => SourceScene;

export const RUN = '01JAAAAAAAAAAAAAAAAAAAAAAA';
export const OTHER_RUN = '01JBBBBBBBBBBBBBBBBBBBBBBB';

export function contextOf(run = RUN, signal: AbortSignal = new AbortController().signal): SourceContext {
  return { run, signal, stillOurs: async () => undefined, progress: () => undefined };
}

export interface Kept extends Pick<Captured, 'fingerprint' | 'at'> {
  /** Holds the files of the backup. */
  readonly folder: string;
}

/** Backs up into a folder, as an engine would store it. */
export async function backUp({ source, scratch }: SourceScene): Promise<Kept> {
  const folder = await mkdtemp(join(scratch, 'backup-'));
  return source.capture(contextOf(OTHER_RUN), async (captured) => {
    await keepContent(captured.content, folder);
    await captured.unchanged();
    return { fingerprint: captured.fingerprint, at: captured.at, folder };
  });
}
