import { encodeEntry, type RouterEntry, type Slot } from '../router/entry.js';
import { isAbsent, isSettledAs, type RecordedStable } from './recorded-stable.js';

/** What a router instance holds of one entry. */
export interface HeldEntry {
  /** null: it holds none. */
  readonly entry: RouterEntry | null;
  readonly servers: Readonly<Record<Slot, readonly HeldServer[]>>;
}

export interface HeldServer {
  readonly address: string;
  readonly inRotation: boolean;
  readonly up: boolean;
}

/** What one router instance lacks, or has otherwise than recorded. */
export type Comparison =
  | { readonly kind: 'same' }
  | { readonly kind: 'absent'; readonly entry: 'absent' | 'there'; readonly servers: readonly string[]; readonly text: string }
  | { readonly kind: 'differs'; readonly text: string };

/** Whether servers that are missing beside others are those of a restoration that has not come to its end. */
export type Restoration = 'none' | 'under-way';

/**
 * Compares what one router instance holds with what is recorded as stable.
 *
 * Absent is an entry that was never written, and a stable slot without any server: what a restart without files leaves. Some servers missing
 * beside others differ, as somebody may have taken them out, unless a restoration of ours put in those that answered and waits for the rest.
 * Where the entry itself differs nothing counts as absent: whoever changed it may have emptied the slot too.
 */
export function compare(stable: RecordedStable, held: HeldEntry, restoration: Restoration): Comparison {
  const { entry, servers } = held;
  if (entry !== null && !isAbsent(entry) && !isSettledAs(entry, stable)) {
    return { kind: 'differs', text: `holds ${encodeEntry(entry)}, where ${stable.slot} is recorded as stable, brought by ${stable.deployment}` };
  }
  const here = servers[stable.slot];
  const missing = stable.servers.filter((address) => !here.some((server) => server.address === address));
  const gone = here.length === 0 || restoration === 'under-way' ? missing : [];
  const lost = entry === null || isAbsent(entry) ? 'absent' : 'there';
  if (lost === 'absent' || here.length === 0 || gone.length > 0) return { kind: 'absent', entry: lost, servers: gone, text: absentText(stable, lost, here.length === 0 ? 'all' : gone) };
  const text = serversDiffer(stable, here, missing);
  return text === undefined ? { kind: 'same' } : { kind: 'differs', text };
}

function absentText({ slot }: RecordedStable, entry: 'absent' | 'there', servers: 'all' | readonly string[]): string {
  const lacks = [
    ...(entry === 'absent' ? ['its entry'] : []),
    ...(servers === 'all' ? [`all servers of ${slot}, the stable slot`] : servers.length > 0 ? [`${servers.join(', ')} of ${slot}, the stable slot`] : []),
  ];
  return `lacks ${lacks.join(' and ')}`;
}

function serversDiffer({ slot, servers }: RecordedStable, here: readonly HeldServer[], missing: readonly string[]): string | undefined {
  const strangers = servers.length === 0 ? [] : here.filter(({ address }) => !servers.includes(address)).map(({ address }) => address);
  const out = here.filter(({ address, inRotation }) => !inRotation && !strangers.includes(address)).map(({ address }) => address);
  const findings = [
    ...(missing.length > 0 ? [`${missing.join(', ')} missing`] : []),
    ...(out.length > 0 ? [`${out.join(', ')} out of rotation`] : []),
    ...(strangers.length > 0 ? [`${strangers.join(', ')} not of the release`] : []),
  ];
  return findings.length === 0 ? undefined : `has other servers in ${slot}, the stable slot, than recorded: ${findings.join('; ')}`;
}
