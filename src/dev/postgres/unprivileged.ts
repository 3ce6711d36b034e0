import { spawnSync } from 'node:child_process';
import { chown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How a program is started that refuses to run as root, as PostgreSQL does. */
export interface Unprivileged {
  /** Put in front of the program. */
  readonly prefix: readonly string[];
  readonly spawn: { readonly uid?: number; readonly gid?: number };
  /** Whose the files must be, as seen from outside. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

const NOBODY = 65_534;
const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
/** The server ends, in order, when the process that started it dies, however that dies. */
const END_WITH_PARENT = ['setpriv', '--pdeathsig', 'INT'];

/** Plain for a user; for root a user namespace in which root's files belong to user 1000, or, where that is not permitted, the user nobody. */
export function unprivileged(): Unprivileged {
  const ending = runs(END_WITH_PARENT) ? END_WITH_PARENT : [];
  if (process.getuid?.() !== 0) return { prefix: ending, spawn: {}, owner: null };
  if (runs(NAMESPACE)) return { prefix: [...NAMESPACE, ...ending], spawn: {}, owner: { uid: 0, gid: 0 } };
  return { prefix: ending, spawn: { uid: NOBODY, gid: NOBODY }, owner: { uid: NOBODY, gid: NOBODY } };
}

/** Gives a folder and all in it to the one who will run there; nothing to do when the folder already is theirs. */
export async function handOver(path: string, owner: Unprivileged['owner']): Promise<void> {
  if (!owner || (await stat(path)).uid === owner.uid) return;
  await chownAll(path, owner);
}

async function chownAll(path: string, owner: { readonly uid: number; readonly gid: number }): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await chownAll(inner, owner);
    else if (entry.isFile()) await chown(inner, owner.uid, owner.gid);
  }
  // The folder itself last: it tells the next start that the whole was done.
  await chown(path, owner.uid, owner.gid);
}

function runs(prefix: readonly string[]): boolean {
  const [program, ...args] = [...prefix, 'true'];
  return spawnSync(program, args, { stdio: 'ignore', timeout: 5_000 }).status === 0;
}
