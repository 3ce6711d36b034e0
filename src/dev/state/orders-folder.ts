import { lstat, mkdir, symlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** The folder in which the example keeps its orders: a link, so that a restore replaces all of them by one rename. One that is there stays as it is. */
export async function ordersFolder(link: string): Promise<void> {
  if (await isThere(link)) return;
  const first = `${link}.1`;
  await mkdir(first, { recursive: true });
  await symlink(basename(first), link);
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
