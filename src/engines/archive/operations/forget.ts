import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { filesOf, isSnapshot } from '../format/layout.js';
import type { Operation } from '../protocol.js';
import { syncFolder } from '../../durable-files.js';
import { inRepository, isMissing } from '../repository/faults.js';
import { openRepository } from '../repository/marker.js';

/** The sidecar goes last: whoever is interrupted here leaves something that the repetition, or a check, can name. */
export const forget: Operation<'forget'> = async ({ folder, snapshots }) => {
  await openRepository(folder);
  for (const snapshot of snapshots.filter(isSnapshot)) {
    const { archive, sidecar } = filesOf(folder, snapshot);
    await inRepository(async () => {
      await rm(archive, { force: true });
      await syncIfThere(dirname(archive));
      await rm(sidecar, { force: true });
      await syncIfThere(dirname(archive));
    });
  }
  return null;
};

async function syncIfThere(folder: string): Promise<void> {
  await syncFolder(folder).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}
