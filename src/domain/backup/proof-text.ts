import type { FingerprintSummary } from './fingerprint.js';
import type { Proof } from './restore-status.js';

const MOST_REASONS = 5;

/** Why a copy may not be swapped in; null: it is what was backed up, and passed every check. */
export function whyUnproven({ equal, differences, checks }: Proof): string | null {
  const failed = checks.filter(({ ok }) => !ok);
  if (equal && failed.length === 0) return null;
  return [...differences.map(({ text }) => text), ...failed.map(({ name, detail }) => `check ${name}: ${detail}`)].slice(0, MOST_REASONS).join('; ');
}

/** What a swap would change, for the person who decides: what both sides hold, and in what they differ. */
export function changeText({ copy, live, differing, delta, writtenSince = 0 }: Proof): string {
  if (live === null || differing === null) return `the copy holds ${heldBy(copy)}; what is live could not be read, so nobody knows what the swap would change`;
  const written = writtenSince > 0 ? `, of which ${writtenSince} items are not as in the safety backup` : '';
  const sides = `the copy holds ${heldBy(copy)}, live ${heldBy(live)}${written}`;
  if (differing === 0) return `${sides}; nothing differs`;
  const more = differing > delta.length ? [`and ${differing - delta.length} more`] : [];
  return [`${sides}; they differ in ${differing}`, ...delta, ...more].join('; ');
}

/** Rows of a database, bytes of files. */
export function heldBy({ items, total }: FingerprintSummary): string {
  return `${items} items, ${total} in all`;
}
