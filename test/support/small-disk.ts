import { execFileSync } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { whenAvailable } from './programs.js';

/** Runs a suite where file systems can be mounted. */
export function whenDisksCanBeMounted(suite: () => void): void {
  whenAvailable(process.platform === 'linux' && process.getuid?.() === 0 ? [] : ['the right to mount a file system'], suite);
}

export interface SmallDisk {
  /** Leaves not a byte of room. */
  fill(): Promise<void>;
  /** Takes back what `fill` took. */
  empty(): Promise<void>;
  readOnly(): void;
  close(): void;
}

/** A disk of its own at that place. @param size as `mount` takes it */
export async function mountSmallDisk(folder: string, size: string): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  const mount = (...args: string[]): Buffer => execFileSync('/bin/mount', args);
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'none', folder);
  return {
    async fill() {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(join(folder, 'fill'), Buffer.alloc(bavail * bsize));
    },
    empty: () => rm(join(folder, 'fill')),
    readOnly: () => void mount('-o', 'remount,ro', folder),
    close: () => void execFileSync('/bin/umount', ['--lazy', folder]),
  };
}
