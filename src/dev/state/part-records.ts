import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroupWatch } from '../../programs/guardian.js';
import { endGroup } from '../../programs/process-group.js';
import { identityOf, isAlive } from '../../programs/process-identity.js';
import type { ProcessTracker } from '../supervisor/program-part.js';
import { processIdentity } from './process-identity-text.js';

const LEFTOVER_GRACE_MS = 3_000;

/** Tells the guardian of a part's processes, and writes them down for the next start, in case the guardian is killed as well. */
export function trackPart(folder: string, guardian: GroupWatch, name: string): ProcessTracker {
  const file = join(folder, `${name}.json`);
  return {
    spawned(pid) {
      guardian.watch(pid);
      mkdirSync(folder, { recursive: true });
      // At once and not in the background: between spawn and record nothing else may happen.
      writeFileSync(file, JSON.stringify(identityOf(pid) ?? {}));
    },
    ended(pid) {
      guardian.release(pid);
      rmSync(file, { force: true });
    },
  };
}

/**
 * Ends the parts that a stack on this folder left behind, when it and its guardian were killed.
 *
 * @returns the names of those that still ran
 */
export async function endLeftovers(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  const ended = await Promise.all(files.map(async (file) => ((await endRecorded(join(folder, file))) ? [file.slice(0, -'.json'.length)] : [])));
  return ended.flat();
}

async function endRecorded(file: string): Promise<boolean> {
  const identity = processIdentity(await readFile(file, 'utf8').catch(() => ''));
  const ran = identity !== undefined && isAlive(identity);
  if (ran) await endGroup(identity.pid, LEFTOVER_GRACE_MS);
  await rm(file, { force: true });
  return ran;
}
