import { readFile } from 'node:fs/promises';
import type { Manifest } from '../../../domain/backup/manifest.js';
import { writeDurably } from '../../durable-files.js';
import { isMissing, repositoryFault } from './faults.js';

/** What is known of an archive without opening it. Beside it as plain text, so no names of files: those are secrets of the user. */
export interface Sidecar {
  readonly backup: string;
  readonly attempt: number;
  readonly source: string;
  /** RFC 3339: when it was stored. */
  readonly storedAt: string;
  /** Of the archive as it lies there, encrypted. */
  readonly sha256: string;
  readonly storedBytes: number;
  /** Of what was backed up. */
  readonly bytes: number;
  /** SHA-256 of `MANIFEST.sha256` inside. */
  readonly manifestSha256: string;
  /** Of a stream, whose hash nobody else knows. */
  readonly manifest: Manifest | null;
}

export async function writeSidecar(path: string, sidecar: Sidecar): Promise<void> {
  await writeDurably(path, `${JSON.stringify(sidecar, null, 2)}\n`);
}

/** @returns undefined when it is not there or is none. @throws REPOSITORY_UNREACHABLE */
export async function readSidecar(path: string): Promise<Sidecar | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isSidecar(value) ? value : undefined;
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && error.name === 'SyntaxError')) return undefined;
    throw repositoryFault(error);
  }
}

function isSidecar(value: unknown): value is Sidecar {
  const hasForm = (candidate: Partial<Record<keyof Sidecar, unknown>>): boolean => ['backup', 'source', 'storedAt', 'sha256', 'manifestSha256'].every((key) => typeof candidate[key as keyof Sidecar] === 'string')
    && ['attempt', 'storedBytes', 'bytes'].every((key) => typeof candidate[key as keyof Sidecar] === 'number')
    && typeof candidate.manifest === 'object';
  return typeof value === 'object' && value !== null && hasForm(value);
}
