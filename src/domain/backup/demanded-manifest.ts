import type { Fingerprint, FingerprintItem } from './fingerprint.js';
import type { EntryMetadata, Manifest, ManifestEntry } from './manifest.js';

/**
 * What reading a backup back must find: its manifest, and who may do what with each entry where the fingerprint says so and the manifest does not,
 * as with backups of releases whose manifests were of contents alone. What is verified is then what the proof of a restore will ask for.
 */
export function demandedManifest({ files }: Manifest, { items }: Fingerprint): Manifest {
  return { files: Object.fromEntries(Object.entries(files).map(([path, entry]): [string, ManifestEntry] => [path, { ...accessOf(path, entry, items), ...entry }])) };
}

function accessOf(path: string, { kind }: ManifestEntry, items: Fingerprint['items']): EntryMetadata {
  const item: FingerprintItem | undefined = Object.hasOwn(items, path) ? items[path] : undefined;
  if (item?.kind !== kind) return {};
  return { ...(item.mode !== undefined && { mode: item.mode }), ...(item.owner !== undefined && { owner: item.owner }) };
}
