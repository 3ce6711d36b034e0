import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** By a temporary name beside it, on the disk before it is renamed. @throws when there is nothing to write */
export async function replaceFile(path: string, text: string): Promise<void> {
  if (text.trim() === '') throw new Error(`There is nothing to write to ${path}.`);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
