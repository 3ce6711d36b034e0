import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../net/errno.js';

const ELSEWHERE = /^(?:s3|sftp|rest|b2|azure|gs|swift|rclone):/;
const REFUSED: readonly (string | undefined)[] = ['EROFS', 'EACCES', 'EPERM'];

/** @returns undefined for a repository that is no folder of this machine */
export function localFolder(repository: string): string | undefined {
  return ELSEWHERE.test(repository) ? undefined : repository.replace(/^local:/, '');
}

/** Whether locks can be written there, full or not. restic itself would try for a quarter of an hour where a disk is mounted to be read only. */
export async function takesLocks(folder: string): Promise<boolean> {
  return access(join(folder, 'locks'), constants.W_OK).then(() => true, (error: unknown) => !REFUSED.includes(errnoOf(error)));
}
