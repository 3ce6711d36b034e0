import { createHash, type Hash } from 'node:crypto';
import type { Damage, Manifest, ManifestEntry } from '../../../domain/backup/manifest.js';
import { MANIFEST, parsePartName, partName, STREAM } from '../format/layout.js';
import type { ArchiveEntry } from '../format/read-archive.js';

/** The file of the backup that an entry is of, or a part of. */
export function fileOf({ place, path }: Pick<ArchiveEntry, 'place' | 'path'>): string | null {
  if (place === MANIFEST) return null;
  return place === STREAM ? (parsePartName(path)?.name ?? path) : path;
}

/** Holds what is found in an archive against what was stored. */
export class ManifestComparison {
  readonly #left: Map<string, ManifestEntry>;
  readonly #damage: Damage[] = [];
  #stream: { readonly name: string; readonly hash: Hash; bytes: number; parts: number } | undefined;

  constructor(manifest: Manifest) {
    this.#left = new Map(Object.entries(manifest.files));
  }

  /** What a body is passed through, if more than its own hash is needed. */
  onBody(entry: ArchiveEntry): (chunk: Uint8Array) => void {
    if (entry.place !== STREAM) return () => undefined;
    const stream = (this.#stream ??= { name: fileOf(entry) ?? entry.path, hash: createHash('sha256'), bytes: 0, parts: 0 });
    stream.parts += 1;
    if (entry.path !== partName(stream.name, stream.parts)) this.#damage.push({ file: stream.name, text: `Part ${stream.parts} should be here, but it is ${entry.path}.` });
    return (chunk) => {
      stream.hash.update(chunk);
      stream.bytes += chunk.length;
    };
  }

  take(entry: ArchiveEntry, sha256: string | null): void {
    if (entry.place === MANIFEST || entry.place === STREAM) return;
    if (entry.kind === 'file') this.#compare(entry.path, { kind: 'file', bytes: entry.bytes, sha256: sha256 ?? '' });
    else this.#compare(entry.path, entry.kind === 'link' ? { kind: 'link', target: entry.target } : { kind: 'folder' });
  }

  end(): readonly Damage[] {
    const stream = this.#stream;
    if (stream) this.#compare(stream.name, { kind: 'file', bytes: stream.bytes, sha256: stream.hash.digest('hex') });
    const missing = [...this.#left.keys()].map((file) => ({ file, text: 'It is missing in the archive.' }));
    return [...this.#damage, ...missing];
  }

  /** What could be told until the reading broke off at `file`. */
  broken(file: string | null, why: string): readonly Damage[] {
    const left = [...this.#left.keys()];
    const [only] = left;
    const hit = file ?? (left.length === 1 && only !== undefined ? only : null);
    const behind = left.filter((name) => name !== hit)
      .map((name) => ({ file: name, text: 'It lies behind the damage and cannot be read.' }));
    return [...this.#damage, { file: hit, text: `The archive cannot be read on: ${why}.` }, ...behind];
  }

  #compare(file: string, found: ManifestEntry): void {
    const recorded = this.#left.get(file);
    this.#left.delete(file);
    if (!recorded) this.#damage.push({ file, text: 'It is in the archive, but it was not stored.' });
    else if (textOf(recorded) !== textOf(found)) this.#damage.push({ file, text: `Stored was ${textOf(recorded)}, found was ${textOf(found)}.` });
  }
}

function textOf(entry: ManifestEntry): string {
  if (entry.kind === 'file') return `a file of ${entry.bytes} bytes with SHA-256 ${entry.sha256}`;
  return entry.kind === 'link' ? `a link to ${entry.target}` : 'a folder';
}
