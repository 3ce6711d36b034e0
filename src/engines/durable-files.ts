import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** On the disk when it returns; its name may not be: see `syncFolder`. */
export async function writeDurably(path: string, bytes: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder last. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same for each folder from `below` up to `folder`. */
export async function syncFolders(below: string, folder: string): Promise<void> {
  await syncFolder(below);
  if (below !== folder && dirname(below) !== below) await syncFolders(dirname(below), folder);
}
