import { filesOf, nameOf } from '../format/layout.js';
import type { FoundSnapshot } from '../../engine.js';
import type { Operation } from '../protocol.js';
import { openRepository } from '../repository/marker.js';
import { readSidecar } from '../repository/sidecar.js';
import { walkRepository } from '../repository/walk.js';

export const find: Operation<'find'> = async ({ folder, backup }) => {
  await openRepository(folder);
  const found: FoundSnapshot[] = [];
  for (const [snapshot, files] of await walkRepository(folder)) {
    const name = nameOf(snapshot);
    if (name?.backup !== backup || !files.has('archive')) continue;
    found.push({ snapshot, attempt: name.attempt, stored: await storedOf(folder, snapshot) });
  }
  return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
};

async function storedOf(folder: string, snapshot: string): Promise<FoundSnapshot['stored']> {
  const sidecar = await readSidecar(filesOf(folder, snapshot).sidecar);
  return sidecar?.manifest ? { snapshot, manifest: sidecar.manifest, bytes: sidecar.bytes, storedBytes: sidecar.storedBytes } : null;
}

function keyOf({ snapshot, attempt }: FoundSnapshot): string {
  return `${nameOf(snapshot)?.time ?? ''} ${String(attempt).padStart(10, '0')}`;
}
