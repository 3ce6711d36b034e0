import type { Damage, EntryMetadata, Manifest, ManifestEntry } from '../domain/backup/manifest.js';

/** What was seen of an entry; what is not known of it is left out and not compared. */
export type Seen = EntryMetadata & (
  | { readonly kind: 'file'; readonly bytes: number; readonly sha256?: string }
  | { readonly kind: 'link'; readonly target?: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'other'; readonly what: string }
);

export interface ManifestComparison {
  /** @param path as in a manifest */
  saw(path: string, seen: Seen): void;
  /** In what was seen so far. */
  readonly differences: readonly Damage[];
  /** What has not been seen so far. */
  readonly missing: readonly Damage[];
}

/** Compares what is there with what a manifest says, entry by entry. Folders that only lead to entries need not be in the manifest. */
export function compareWithManifest({ files }: Manifest): ManifestComparison {
  const unseen = new Set(Object.keys(files));
  const leading = new Set(Object.keys(files).flatMap(foldersOf));
  const found: Damage[] = [];

  return {
    saw(path, seen) {
      const entry = Object.hasOwn(files, path) ? files[path] : undefined;
      unseen.delete(path);
      const text = entry ? (differenceOf(entry, seen) ?? metadataDifference(entry, seen)) : surplusOf(path, seen, leading);
      if (text !== undefined) found.push({ file: path, text: `${path}: ${text}` });
    },
    differences: found,
    get missing() {
      return [...unseen].map((path) => ({ file: path, text: `${path}: it is not there` }));
    },
  };
}

function differenceOf(entry: ManifestEntry, seen: Seen): string | undefined {
  if (entry.kind === 'file' && seen.kind === 'file') {
    if (seen.bytes !== entry.bytes) return `${seen.bytes} bytes, recorded were ${entry.bytes}`;
    return seen.sha256 === undefined || seen.sha256 === entry.sha256 ? undefined : `its SHA-256 is ${seen.sha256}, recorded was ${entry.sha256}`;
  }
  if (entry.kind === 'link' && seen.kind === 'link') return seen.target === undefined || seen.target === entry.target ? undefined : `the link leads to ${seen.target}, recorded was ${entry.target}`;
  return entry.kind === seen.kind ? undefined : `a ${wordOf(seen)}, recorded was a ${entry.kind}`;
}

const METADATA = { mode: 'the mode', owner: 'the owner', modifiedNs: 'the time of change, in nanoseconds,' } as const;

/** In what an entry of the right content is not what was recorded: access and times are part of what comes back. */
export function metadataDifference(recorded: EntryMetadata, seen: EntryMetadata): string | undefined {
  for (const what of ['mode', 'owner', 'modifiedNs'] as const) {
    const [was, is] = [recorded[what], seen[what]];
    if (was !== undefined && is !== undefined && was !== is) return `${METADATA[what]} ${is}, recorded was ${was}`;
  }
  return undefined;
}

function surplusOf(path: string, seen: Seen, leading: ReadonlySet<string>): string | undefined {
  return seen.kind === 'folder' && leading.has(path) ? undefined : `a ${wordOf(seen)} that was not recorded`;
}

function wordOf(seen: Seen): string {
  return seen.kind === 'other' ? seen.what : seen.kind;
}

/** `a/b/c` -> `a`, `a/b` */
function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
