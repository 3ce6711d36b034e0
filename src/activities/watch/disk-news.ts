import { messageOf } from '../../domain/errors.js';
import type { InstancePersistence } from '../../routers/router.js';
import { persistenceOf } from '../persistence-of.js';
import type { WatchRun } from './watch-run.js';

/** Tells the run when what the router holds is not on its disk, and when it is again. A server that is away is told by a later reading. */
export async function tellPersistence(run: WatchRun, instances: readonly InstancePersistence[]): Promise<void> {
  const { deps: { reportPersistence, logger }, disk, workflow } = run;
  const now = persistenceOf(instances);
  if (now.persisted === 'unknown' || now.persisted === disk.told) return;
  try {
    await reportPersistence(workflow, now);
    disk.told = now.persisted;
  } catch (error) {
    logger.info('the run could not be told yet whether its router is on its disk', { error: messageOf(error) });
  }
}
