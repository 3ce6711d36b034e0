import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A digest over path, size and time of every file below the given files and folders: it changes when one is edited, added or removed. */
export async function fingerprint(root, paths, accept = () => true) {
  const lines = [];
  for (const each of paths) await collect(root, each, accept, lines);
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}

async function collect(root, relative, accept, lines) {
  const absolute = path.join(root, relative);
  const found = await stat(absolute).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory()) {
    for (const name of await readdir(absolute)) await collect(root, path.join(relative, name), accept, lines);
  } else if (accept(relative)) lines.push(`${relative} ${found.size} ${found.mtimeMs}`);
}
