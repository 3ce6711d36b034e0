import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Damage, Manifest } from '../../../domain/backup/manifest.js';
import { isSlipwayError, messageOf } from '../../../domain/errors.js';
import { BrokenArchive } from '../format/broken-archive.js';
import { EntrySums } from '../format/entry-sums.js';
import type { BackupFiles } from '../format/layout.js';
import { readArchive } from '../format/read-archive.js';
import { inRepository } from '../repository/faults.js';
import { isThere } from '../repository/is-there.js';
import { readSidecar } from '../repository/sidecar.js';
import { ArchiveComparison, fileOf } from './archive-comparison.js';
import { dropCached } from './drop-cached.js';

export interface InspectOptions {
  readonly identities: readonly string[];
  /** What was stored. */
  readonly manifest: Manifest;
  readonly progress: (bytes: number) => void;
}

/** Reads every byte of one backup from the disk. @returns what is wrong with it */
export async function inspect(files: BackupFiles, { identities, manifest, progress }: InspectOptions): Promise<readonly Damage[]> {
  if (!(await isThere(files.archive))) return [{ file: null, text: `The archive ${files.archive} is missing.` }];
  await dropCached(files.archive);
  const hash = createHash('sha256');
  const onBytes = (chunk: Uint8Array): void => {
    hash.update(chunk);
    progress(chunk.length);
  };
  const { readToEnd, damage } = await compare(files.archive, { identities, onBytes }, new ArchiveComparison(manifest));
  const sha256 = readToEnd ? hash.digest('hex') : await hashOf(files.archive);
  return [...(await sidecarDamage(files.sidecar, sha256)), ...damage];
}

async function compare(archive: string, read: Parameters<typeof readArchive>[1], comparison: ArchiveComparison): Promise<{ readToEnd: boolean; damage: readonly Damage[] }> {
  const sums = new EntrySums();
  let at: string | null = null;
  try {
    for await (const entry of readArchive(archive, read)) {
      at = fileOf(entry);
      const onChunk = comparison.onBody(entry);
      const sha256 = entry.kind === 'file' ? await drain(sums.read(entry), onChunk) : null;
      comparison.take(entry, sha256);
    }
    at = null;
    sums.end();
    return { readToEnd: true, damage: comparison.end() };
  } catch (error) {
    if (!(error instanceof BrokenArchive) && !(isSlipwayError(error) && error.code === 'UNSAFE_PATH')) throw error;
    return { readToEnd: false, damage: comparison.broken(at, messageOf(error)) };
  }
}

async function drain(body: AsyncGenerator<Uint8Array, string>, onChunk: (chunk: Uint8Array) => void): Promise<string> {
  for (;;) {
    const next = await body.next();
    if (next.done === true) return next.value;
    onChunk(next.value);
  }
}

async function sidecarDamage(path: string, sha256: string): Promise<Damage[]> {
  const sidecar = await readSidecar(path);
  if (!sidecar) return [{ file: null, text: `${path} is missing or damaged: it says what the archive must be.` }];
  return sidecar.sha256 === sha256 ? [] : [{ file: null, text: `The archive is not what was written: its SHA-256 is ${sha256}, written was ${sidecar.sha256}.` }];
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  return inRepository(async () => {
    for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) hash.update(chunk);
    return hash.digest('hex');
  });
}
