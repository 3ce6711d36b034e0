import { rm, stat } from 'node:fs/promises';
import { filesOf, nameOf } from '../format/layout.js';
import { inRepository, isMissing } from './faults.js';
import { walkRepository } from './walk.js';

export interface LeftoverRule {
  /** A file being written is touched all the time: one that was not for so long has lost its writer. */
  readonly abandonedAfterMs: number;
  /** Whose earlier attempts are over whatever their age: should one still write, it can no longer finish. */
  readonly backup?: string;
  /** Only below this path of the repository. */
  readonly source?: string;
}

/** Removes what killed stores left. What was stored is never touched, nor is a sidecar whose archive somebody took away: that is damage, which stays visible. */
export async function removeLeftovers(folder: string, rule: LeftoverRule): Promise<void> {
  for (const [snapshot, files] of await walkRepository(folder)) {
    if (!files.has('part') || !(rule.source === undefined || snapshot.startsWith(`${rule.source}/`))) continue;
    const { part, sidecar } = filesOf(folder, snapshot);
    const over = nameOf(snapshot)?.backup === rule.backup || (await unchangedFor(part)) > rule.abandonedAfterMs;
    if (!over) continue;
    await inRepository(async () => {
      if (!files.has('archive')) await rm(sidecar, { force: true });
      await rm(part, { force: true });
    });
  }
}

async function unchangedFor(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    // Its writer has just finished it.
    if (isMissing(error)) return 0;
    throw error;
  }
}
