import { mkdir, rm } from 'node:fs/promises';

/** Puts a folder where the file was, so that nobody can write it, not even root; or takes it away. */
export async function blockFile(path: string, how: 'failing' | 'well'): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (how === 'failing') await mkdir(path);
}
