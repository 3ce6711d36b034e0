import type { EntryMetadata } from '../../domain/backup/manifest.js';
import type { ResticNode } from './restic-output.js';

/** Bits of a mode as Go has them, which restic is written in, and as everybody else does. */
const SPECIAL = [[0x80_00_00, 0o4000], [0x40_00_00, 0o2000], [0x10_00_00, 0o1000]] as const;
const PERMISSIONS = 0o777;

/** What restic lists of an entry beside its content, in the words of a manifest. */
export function metadataOf({ mode, uid, gid, mtime }: ResticNode): EntryMetadata {
  const modifiedNs = nanoseconds(mtime);
  return {
    ...(mode !== undefined && { mode: octal(mode) }),
    ...(uid !== undefined && gid !== undefined && { owner: `${uid}:${gid}` }),
    ...(modifiedNs !== undefined && { modifiedNs: String(modifiedNs) }),
  };
}

function octal(mode: number): string {
  return SPECIAL.reduce((bits, [theirs, ours]) => ((mode & theirs) === 0 ? bits : bits | ours), mode & PERMISSIONS).toString(8).padStart(4, '0');
}

/** Of RFC 3339 with up to nine decimals. restic writes the years 0 and 9999 for all times that lie beyond them, so those say nothing. */
function nanoseconds(time = ''): bigint | undefined {
  const [, start = '', decimals = '', zone = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  const ms = /^(?:0000|9999)-/.test(start) ? Number.NaN : Date.parse(start + zone);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + BigInt(decimals.padEnd(9, '0'));
}
