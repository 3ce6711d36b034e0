import { chmod, chown, lstat } from 'node:fs/promises';
import { errnoOf } from '../../net/errno.js';

/** What the application may do with the folder or file itself is not part of a backup: the copy gets owner and mode of what is live, or `otherwise`. */
export async function likeLive(copy: string, live: string, otherwise: number): Promise<void> {
  const stat = await lstat(live).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!stat) return chmod(copy, otherwise);
  const own = await lstat(copy);
  if (own.uid !== stat.uid || own.gid !== stat.gid) await chown(copy, stat.uid, stat.gid);
  await chmod(copy, stat.mode & 0o7777);
}
