import { messageOf, SlipwayError } from '../../../domain/errors.js';
import { BrokenArchive } from '../format/broken-archive.js';
import { EntrySums } from '../format/entry-sums.js';
import { filesOf, isSnapshot, MANIFEST } from '../format/layout.js';
import { readArchive } from '../format/read-archive.js';
import type { Operation } from '../protocol.js';
import { isThere } from '../repository/is-there.js';
import { readKeys } from '../repository/keys.js';
import { unlockRepository } from '../repository/marker.js';
import { FolderWriter } from './folder-writer.js';

export const fetch: Operation<'fetch'> = async ({ folder, keys: texts, snapshot, into }, progress) => {
  const keys = await readKeys(texts);
  await unlockRepository(folder, keys);
  if (!isSnapshot(snapshot)) throw damaged(snapshot, 'that is not the name of a backup here');
  const { archive } = filesOf(folder, snapshot);
  // A single one that is not there, in a repository that is.
  if (!(await isThere(archive))) throw damaged(snapshot, 'it is missing');
  const writer = new FolderWriter(into);
  await writer.begin();
  const sums = new EntrySums();
  try {
    for await (const entry of readArchive(archive, { identities: keys.identities, onBytes: (chunk) => progress(chunk.length) })) {
      if (entry.place === MANIFEST) for await (const _ of sums.read(entry)) { /* only its hash is of interest */ }
      else await writer.add(entry, entry.kind === 'file' ? sums.read(entry) : entry.body);
    }
    sums.end();
    await writer.finish();
  } catch (error) {
    throw error instanceof BrokenArchive ? damaged(snapshot, messageOf(error)) : error;
  }
  return null;
};

function damaged(snapshot: string, why: string): SlipwayError {
  return new SlipwayError('BACKUP_DAMAGED', `${snapshot} cannot be brought back: ${why}.`);
}
