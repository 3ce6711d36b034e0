import { canonicalJson, type Json } from '../json.js';
import type { Fingerprint, FingerprintDifference, FingerprintItem } from './fingerprint.js';

/**
 * In what `found` is not what was recorded, in the order of the items' names; empty: it is equal.
 *
 * A sequence may be ahead of what was recorded, for it is not part of any transaction. Of `about` only `constraints` counts: a constraint that
 * was enforced and no longer is shows in no row.
 */
export function compareFingerprints(recorded: Fingerprint, found: Fingerprint): FingerprintDifference[] {
  const differing = itemNames(recorded, found).flatMap((item) => {
    const was = itemOf(recorded, item);
    const is = itemOf(found, item);
    return agree(was, is) ? [] : [{ item, recorded: was, found: is, text: `${item}: ${differenceText(was, is)}` }];
  });
  return [...differing, ...constraintDifference(recorded.about['constraints'], found.about['constraints'])];
}

/** In which items the copy and what is live differ, as sentences for the person who decides. */
export function deltaOf(copy: Fingerprint, live: Fingerprint): string[] {
  return itemNames(copy, live).flatMap((item) => {
    const [restored, present] = [itemOf(copy, item), itemOf(live, item)];
    if (same(restored, present)) return [];
    if (!present) return [`${item}: ${counted(restored)} in the copy, not there live`];
    if (!restored) return [`${item}: not there in the copy, ${counted(present)} live`];
    const access = accessDifference(restored, present);
    if (access) return [`${item}: ${access.what} ${access.first} in the copy, ${access.second} live`];
    if (restored.count === present.count) return [`${item}: ${counted(restored)} in both, of different content`];
    return [`${item}: ${restored.count ?? restored.kind} in the copy, ${present.count ?? present.kind} live`];
  });
}

const UNITS: Readonly<Record<FingerprintItem['kind'], string | null>> = {
  table: 'rows', file: 'bytes', sequence: null, 'large-objects': 'large objects', link: null, folder: null,
};

function agree(recorded: FingerprintItem | null, found: FingerprintItem | null): boolean {
  if (recorded?.kind === 'sequence' && found?.kind === 'sequence') return hasReached(recorded, found);
  return same(recorded, found);
}

function same(a: FingerprintItem | null, b: FingerprintItem | null): boolean {
  return sameContent(a, b) && !(a && b && accessDifference(a, b));
}

function sameContent(a: FingerprintItem | null, b: FingerprintItem | null): boolean {
  return a?.kind === b?.kind && a?.count === b?.count && a?.sum === b?.sum;
}

/** Of the same content, but not for the same people. */
function accessDifference(a: FingerprintItem, b: FingerprintItem): { readonly what: string; readonly first: string; readonly second: string } | undefined {
  if (!sameContent(a, b)) return undefined;
  for (const what of ['mode', 'owner'] as const) {
    const [first, second] = [a[what], b[what]];
    if (first !== undefined && second !== undefined && first !== second) return { what, first, second };
  }
  return undefined;
}

/** The sum of a sequence is its step: one that counts down is ahead when its value is lower. */
function hasReached(recorded: FingerprintItem, found: FingerprintItem): boolean {
  if (recorded.sum !== found.sum || recorded.count === null || found.count === null) return same(recorded, found);
  const [was, is] = [BigInt(recorded.count), BigInt(found.count)];
  return recorded.sum?.startsWith('-') ? is <= was : is >= was;
}

function differenceText(recorded: FingerprintItem | null, found: FingerprintItem | null): string {
  if (!found) return `not there, recorded were ${counted(recorded)}`;
  if (!recorded) return `${counted(found)}, and it was not recorded`;
  if (recorded.kind !== found.kind) return `a ${found.kind}, recorded was a ${recorded.kind}`;
  const access = accessDifference(recorded, found);
  if (access) return `${access.what} ${access.second}, recorded was ${access.first}`;
  if (recorded.count === found.count) return `${counted(found)} as recorded, of different content`;
  return `${counted(found)}, recorded were ${recorded.count ?? 'none'}`;
}

function counted(item: FingerprintItem | null): string {
  if (!item) return 'nothing';
  if (item.count === null) return `a ${item.kind}`;
  const unit = UNITS[item.kind];
  return unit === null ? `the value ${item.count}` : `${item.count} ${unit}`;
}

function constraintDifference(recorded: Json | undefined, found: Json | undefined): FingerprintDifference[] {
  if (recorded === undefined || found === undefined || canonicalJson(recorded) === canonicalJson(found)) return [];
  const text = `constraints: ${canonicalJson(found)}, recorded were ${canonicalJson(recorded)}`;
  return [{ item: 'constraints', recorded: null, found: null, text }];
}

function itemOf({ items }: Fingerprint, name: string): FingerprintItem | null {
  // A file may be called `constructor`.
  return Object.hasOwn(items, name) ? items[name] ?? null : null;
}

function itemNames(...fingerprints: readonly Fingerprint[]): string[] {
  return [...new Set(fingerprints.flatMap(({ items }) => Object.keys(items)))].sort();
}
