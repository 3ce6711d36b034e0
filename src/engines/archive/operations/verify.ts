import { filesOf, isSnapshot } from '../format/layout.js';
import type { Operation } from '../protocol.js';
import { readKeys } from '../repository/keys.js';
import { unlockRepository } from '../repository/marker.js';
import { inspect } from './inspect.js';

const MOST_DAMAGE = 50;

export const verify: Operation<'verify'> = async ({ folder, keys: texts, snapshot, manifest }, progress) => {
  const keys = await readKeys(texts);
  await unlockRepository(folder, keys);
  if (!isSnapshot(snapshot)) return [{ file: null, text: `${snapshot} is not the name of a backup here.` }];
  const damage = await inspect(filesOf(folder, snapshot), { identities: keys.identities, manifest, progress });
  return damage.slice(0, MOST_DAMAGE);
};
