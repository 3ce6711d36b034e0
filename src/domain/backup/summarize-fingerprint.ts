import { canonicalJson, type Json } from '../json.js';
import type { Fingerprint, FingerprintItem, FingerprintSummary } from './fingerprint.js';

const BIGGEST = 5;
/** The value of a sequence counts nothing. */
const COUNTED: readonly FingerprintItem['kind'][] = ['table', 'file', 'large-objects'];

/** @param sha256 of a text, in hex: the domain knows no cryptography. */
export function summarizeFingerprint({ items, about }: Fingerprint, sha256: (text: string) => string): FingerprintSummary {
  const counts = Object.entries(items).flatMap(([name, { kind, count }]) => (count !== null && COUNTED.includes(kind) ? [{ name, count: BigInt(count) }] : []));
  const biggest = counts.sort(byCount).slice(0, BIGGEST);
  return {
    digest: sha256(canonicalJson(asJson(items))),
    items: Object.keys(items).length,
    total: String(counts.reduce((sum, { count }) => sum + count, 0n)),
    biggest: Object.fromEntries(biggest.map(({ name, count }) => [name, String(count)])),
    about,
  };
}

function asJson(items: Fingerprint['items']): Json {
  return Object.fromEntries(Object.entries(items).map(([name, { kind, count, sum, ...access }]) => [name, { kind, count, sum, ...access }]));
}

function byCount(a: { readonly name: string; readonly count: bigint }, b: { readonly name: string; readonly count: bigint }): number {
  if (a.count !== b.count) return a.count < b.count ? 1 : -1;
  return a.name < b.name ? -1 : 1;
}
