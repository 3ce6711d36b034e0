import { chmod, chown, lstat } from 'node:fs/promises';
import { SlipwayError } from '../../domain/errors.js';
import { errnoOf } from '../../net/errno.js';

/** What the application may do with the folder or file itself is not part of a backup: the copy gets owner and mode of what is live, or `otherwise`. @throws SOURCE_REFUSED */
export async function likeLive(copy: string, live: string, otherwise: number): Promise<void> {
  const stat = await lstat(live).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!stat) return chmod(copy, otherwise);
  const own = await lstat(copy);
  if (own.uid !== stat.uid || own.gid !== stat.gid) await giveTo(copy, stat.uid, stat.gid);
  await chmod(copy, stat.mode & 0o7777);
}

/** Refused before the swap rather than found out by the application after it. */
async function giveTo(copy: string, uid: number, gid: number): Promise<void> {
  try {
    await chown(copy, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error;
    throw new SlipwayError('SOURCE_REFUSED', `What is live belongs to user ${uid} and group ${gid}, and the worker may not give the copy to them. Run the worker as that user, or as root.`, { cause: error });
  }
}
