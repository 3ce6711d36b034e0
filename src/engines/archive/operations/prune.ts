import type { Operation } from '../protocol.js';
import { removeLeftovers } from '../repository/leftovers.js';
import { openRepository } from '../repository/marker.js';

/** An archive shares no bytes with another, so what was forgotten is gone already: only leftovers of killed stores remain. */
export const prune: Operation<'prune'> = async ({ folder, abandonedAfterMs }) => {
  await openRepository(folder);
  await removeLeftovers(folder, { abandonedAfterMs });
  return null;
};
