import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { errnoOf } from '../../../net/errno.js';
import type { Operation } from '../protocol.js';
import { inRepository } from '../repository/faults.js';
import { readKeys } from '../repository/keys.js';
import { makeRepository, unlockRepository } from '../repository/marker.js';

/** The folder above must exist: a missing one is a mistake or a disk that is not mounted. */
export const prepare: Operation<'prepare'> = async ({ folder, keys: texts }) => {
  const keys = await readKeys(texts);
  await inRepository(async () => {
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  });
  await makeRepository(folder, keys);
  await unlockRepository(folder, keys);
  return null;
};
