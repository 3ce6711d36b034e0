import { readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import { journalPrefix } from './places.js';
import type { Disk } from './disk.js';

/** Where a path leads. */
export interface LivePlace {
  /** The path itself, its folder without links. */
  readonly path: string;
  /** Without links in it, whether anything is there or not. */
  readonly target: string;
  /** What the link at the path itself says; null: it is no link. */
  readonly link: string | null;
  readonly kind: Awaited<ReturnType<Disk['kindOf']>>;
}

/** As many as the system follows. */
const MOST_LINKS = 40;

/** @throws SOURCE_MISSING when links go round, or the folder that it should be in is not there */
export async function livePlace(disk: Disk, path: string): Promise<LivePlace> {
  let link: string | null = null;
  let first: string | undefined;
  let at = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    at = join(await realpath(dirname(at)), basename(at));
    first ??= at;
    const kind = await disk.kindOf(at);
    if (kind !== 'link') return { path: first, target: at, link, kind };
    const text = await readlink(at);
    link ??= text;
    at = resolve(dirname(at), text);
  }
  throw new SlipwayError('SOURCE_MISSING', `${path} is a link that leads to itself.`);
}

/** Says why nothing is there: a restore that was cut off between its two renames can be finished by hand. */
export async function notThere(path: string, live: string): Promise<SlipwayError> {
  const beside = await readdir(dirname(live)).catch((): string[] => []);
  const journal = beside.find((name) => name.startsWith(journalPrefix(live)));
  const hint = journal === undefined ? '' : ` A restore was cut off while it swapped: ${join(dirname(live), journal)} tells what was where.`;
  return new SlipwayError('SOURCE_MISSING', `There is nothing at ${path} on this worker's host.${hint}`);
}
