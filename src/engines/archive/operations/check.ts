import { filesOf } from '../format/layout.js';
import type { Operation, RepositoryDamage } from '../protocol.js';
import { readKeys } from '../repository/keys.js';
import { unlockRepository } from '../repository/marker.js';
import { walkRepository } from '../repository/walk.js';
import { inspect } from './inspect.js';

const MOST_DAMAGE = 1_000;

/** A sidecar without its archive is a backup that somebody took away; one beside a file that is still written is none yet. */
export const check: Operation<'check'> = async ({ folder, keys: texts }, progress) => {
  const keys = await readKeys(texts);
  await unlockRepository(folder, keys);
  const found: RepositoryDamage[] = [];
  for (const [snapshot, files] of await walkRepository(folder)) {
    if (files.has('part') && !files.has('archive')) continue;
    const damage = await inspect(filesOf(folder, snapshot), { identities: keys.identities, progress });
    found.push(...damage.map((one) => ({ ...one, snapshots: [snapshot] })));
  }
  return found.slice(0, MOST_DAMAGE);
};
