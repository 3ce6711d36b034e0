import type { Header } from 'tar-stream';
import type { EntryMetadata } from '../domain/backup/manifest.js';

/** What a tar says of an entry beside its name and content. */
export interface TarMetadata {
  /** Permissions, with the bits above them: 0 is a mode like any other. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Since 1970; negative before. */
  readonly modifiedNs: bigint;
}

const PERMISSIONS = 0o7777;

/** Reads the extended header first: the plain one has no room for large ids, fractions of seconds and dates before 1970. */
export function metadataOf({ mode, uid, gid, mtime, pax }: Header): TarMetadata {
  const extended = recordOf(pax);
  return {
    mode: mode & PERMISSIONS, uid: idOf(extended['uid'], uid), gid: idOf(extended['gid'], gid),
    modifiedNs: nanoseconds(extended['mtime']) ?? BigInt(mtime.getTime()) * 1_000_000n,
  };
}

/** In the words of a manifest. */
export function recordedMetadata({ mode, uid, gid, modifiedNs }: TarMetadata): Required<EntryMetadata> {
  return { mode: (mode & PERMISSIONS).toString(8).padStart(4, '0'), owner: `${uid}:${gid}`, modifiedNs: String(modifiedNs) };
}

/** As an extended header has it: seconds with nine decimals. */
export function secondsText(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? '-' : ''}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, '0')}`;
}

function nanoseconds(text: unknown): bigint | undefined {
  const [, sign = '', seconds, decimals = ''] = (typeof text === 'string' && /^(-?)(\d+)(?:\.(\d*))?$/.exec(text)) || [];
  if (seconds === undefined) return undefined;
  const size = BigInt(seconds) * 1_000_000_000n + BigInt(decimals.slice(0, 9).padEnd(9, '0'));
  return sign === '-' ? -size : size;
}

function idOf(text: unknown, otherwise: number): number {
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : otherwise;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
