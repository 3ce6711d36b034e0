import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A writer that is not on this host, or that the system does not show, writes for no longer than this. */
const OLD_MS = 60_000;

/** Says whose it is, so that it can be told from that of a killed writer. */
export function temporaryOf(path: string, unique: string): string {
  return `${path}.${process.pid}.${unique}.tmp`;
}

/**
 * Removes what killed writers of `path` left beside it. Best effort, never throws: a writer that lives all the same finds its file gone,
 * fails and writes again.
 */
export async function sweepTemporaries(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map(async (name) => {
    const writer = writerOf(name, basename(path));
    if (writer === undefined) return;
    const file = join(folder, name);
    if (!lives(writer) || (await isOld(file))) await rm(file, { force: true }).catch(() => {});
  }));
}

function writerOf(name: string, of: string): number | undefined {
  if (!name.startsWith(`${of}.`) || !name.endsWith('.tmp')) return undefined;
  // Those of older versions name no writer: 0 is none.
  return Number(/^\.(\d+)\.[0-9a-f-]+\.tmp$/.exec(name.slice(of.length))?.[1] ?? 0);
}

function lives(pid: number): boolean {
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, so it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > OLD_MS;
}
