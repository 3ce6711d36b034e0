import { messageOf } from '../../domain/errors.js';
import { diskOf } from '../disk-of.js';
import type { WatchRun } from './watch-run.js';

/** Tells the run when what the router holds is not on its disk, and when it is again. A server that is away is told by a later reading. */
export async function tellPersistence({ deps: { reportPersistence, logger }, router, input, disk, workflow }: WatchRun): Promise<void> {
  const now = diskOf(router, input.backend, input.except);
  if (now.persisted === 'unknown' || now.persisted === disk.told) return;
  try {
    await reportPersistence(workflow, now);
    disk.told = now.persisted;
  } catch (error) {
    logger.info('the run could not be told yet whether its router is on its disk', { error: messageOf(error) });
  }
}
