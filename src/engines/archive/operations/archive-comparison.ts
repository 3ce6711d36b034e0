import { createHash, type Hash } from 'node:crypto';
import type { Damage, Manifest } from '../../../domain/backup/manifest.js';
import { compareWithManifest, type ManifestComparison, type Seen } from '../../manifest-comparison.js';
import { recordedMetadata } from '../../tar-metadata.js';
import { MANIFEST, parsePartName, partName, STREAM } from '../format/layout.js';
import type { ArchiveEntry } from '../format/read-archive.js';

/** The file of the backup that an entry is of, or a part of. */
export function fileOf({ place, path }: Pick<ArchiveEntry, 'place' | 'path'>): string | null {
  if (place === MANIFEST) return null;
  return place === STREAM ? (parsePartName(path)?.name ?? path) : path;
}

/** Holds what is found in an archive against what was stored: a stream lies there in parts. */
export class ArchiveComparison {
  readonly #comparison: ManifestComparison;
  readonly #misplaced: Damage[] = [];
  #stream: { readonly name: string; readonly hash: Hash; bytes: number; parts: number } | undefined;

  constructor(manifest: Manifest) {
    this.#comparison = compareWithManifest(manifest);
  }

  /** What a body is passed through, if more than its own hash is needed. */
  onBody(entry: ArchiveEntry): (chunk: Uint8Array) => void {
    if (entry.place !== STREAM) return () => undefined;
    const stream = (this.#stream ??= { name: fileOf(entry) ?? entry.path, hash: createHash('sha256'), bytes: 0, parts: 0 });
    stream.parts += 1;
    if (entry.path !== partName(stream.name, stream.parts)) this.#misplaced.push({ file: stream.name, text: `Part ${stream.parts} should be here, but it is ${entry.path}.` });
    return (chunk) => {
      stream.hash.update(chunk);
      stream.bytes += chunk.length;
    };
  }

  take(entry: ArchiveEntry, sha256: string | null): void {
    if (entry.place === MANIFEST || entry.place === STREAM) return;
    this.#comparison.saw(entry.path, { ...recordedMetadata(entry.metadata), ...contentOf(entry, sha256) });
  }

  end(): readonly Damage[] {
    const stream = this.#stream;
    if (stream) this.#comparison.saw(stream.name, { kind: 'file', bytes: stream.bytes, sha256: stream.hash.digest('hex') });
    return [...this.#misplaced, ...this.#comparison.differences, ...this.#comparison.missing];
  }

  /** What could be told until the reading broke off at `file`. */
  broken(file: string | null, why: string): readonly Damage[] {
    const { differences, missing } = this.#comparison;
    const [only, ...others] = missing;
    const hit = file ?? (only && others.length === 0 ? only.file : null);
    const behind = missing.filter((one) => one.file !== hit)
      .map(({ file: name }) => ({ file: name, text: 'It lies behind the damage and cannot be read.' }));
    return [...this.#misplaced, ...differences, { file: hit, text: `The archive cannot be read on: ${why}.` }, ...behind];
  }
}

function contentOf({ kind, target, bytes }: ArchiveEntry, sha256: string | null): Seen {
  if (kind === 'file') return { kind, bytes, sha256: sha256 ?? '' };
  return kind === 'link' ? { kind, target } : { kind };
}
