import type { JsonObject } from '../json.js';

/** What a source held at one instant, item by item: how many and what they add up to. Restored data is proven equal against it. */
export interface Fingerprint {
  /** `public.orders` of a database, `2026/11/7.json` of a directory. */
  readonly items: Readonly<Record<string, FingerprintItem>>;
  /** What a reader of the backup wants to know beside: server version, position in the log, encoding. `constraints`, where it is there, is compared too. */
  readonly about: JsonObject;
}

export interface FingerprintItem {
  /** `sequence`: not transactional, so a restored one may be ahead of what was recorded, never behind. */
  readonly kind: 'table' | 'sequence' | 'large-objects' | 'file' | 'link' | 'folder';
  /** Rows of a table, bytes of a file, value of a sequence (as text: they may pass 2^53); null where counting means nothing. */
  readonly count: string | null;
  /** Of the content: a sum of row hashes, a SHA-256, the target of a link, the step of a sequence; null where there is none. */
  readonly sum: string | null;
  /** Of files and folders, in octal: `0644`. Absent where nobody recorded it; then it is not compared. */
  readonly mode?: string;
  /** `<uid>:<gid>`, where whoever read it is root: nobody else can bring it back. */
  readonly owner?: string;
}

/** Small enough for histories and lists. */
export interface FingerprintSummary {
  /** SHA-256 of the canonical fingerprint: two with the same digest are equal. */
  readonly digest: string;
  readonly items: number;
  /** Rows of a database, bytes of files: the sum of the counts. */
  readonly total: string;
  /** The biggest few by count, for people. */
  readonly biggest: Readonly<Record<string, string>>;
  readonly about: JsonObject;
}

/** One item in which two fingerprints differ. */
export interface FingerprintDifference {
  readonly item: string;
  readonly recorded: FingerprintItem | null;
  readonly found: FingerprintItem | null;
  /** `public.orders: 118 rows, recorded were 120`. */
  readonly text: string;
}
