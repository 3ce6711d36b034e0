import { readFile } from 'node:fs/promises';
import { SlipwayError } from '../../domain/errors.js';
import { shown, type TreeEntry } from './walk-tree.js';

/** `everything`: modes mean nothing to it; `its own`: what its own mode lets it read, and a copy belongs to whoever makes it. */
export type Reach = 'everything' | 'its own';

/** The longest path that Linux takes, without the zero at its end. */
const LONGEST_PATH_BYTES = 4_095;
const OWNER_READS = { file: 0o400, folder: 0o500 } as const;
/** CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH. */
const READS_ALL = 0b110n;

/**
 * Refuses what can be read where it is and could not be proven where a restore brings it: found out now, and not when it is needed.
 *
 * @param part where files of a backup arrive
 * @throws SOURCE_UNSUPPORTED for a path that would be too long there, SOURCE_REFUSED for what its owner may not read
 */
export function requireRestorable(entries: readonly TreeEntry[], part: string, reach: Reach): void {
  for (const { path, kind, metadata: { mode = '' } } of entries) {
    if (path === '') continue;
    if (Buffer.byteLength(`${part}/${path}`) > LONGEST_PATH_BYTES) throw new SlipwayError('SOURCE_UNSUPPORTED', `${shown(path)} is so long a path that a copy beside the folder could not have it. Shorten it.`);
    if (reach === 'everything' || kind === 'link') continue;
    const needed = OWNER_READS[kind];
    if ((Number.parseInt(mode, 8) & needed) !== needed) throw new SlipwayError('SOURCE_REFUSED', `${shown(path)} has the mode ${mode}: the worker may read it, but not a copy of it, which is the worker's own. Let its owner read it, or run the worker as root.`);
  }
}

/** What this process may read. */
export async function ownReach(): Promise<Reach> {
  if (process.getuid?.() === 0) return 'everything';
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const [, capabilities = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return (BigInt(`0x${capabilities}`) & READS_ALL) === 0n ? 'its own' : 'everything';
}
