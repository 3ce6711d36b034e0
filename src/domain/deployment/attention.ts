import type { ErrorCode } from '../error-registry.js';
import type { Slot } from '../router/entry.js';

/** What the loop of `needs-attention` saw last. */
export interface AttentionRead {
  readonly atMs: number;
  /** Whether an instance of the slot answered our own probe. */
  readonly healthy: Readonly<Record<Slot, boolean>>;
  readonly unreachable: readonly string[];
  /** Router instances that answer, and on which the slot that is to serve has no server that is up. */
  readonly unserved: readonly string[];
  readonly instances: readonly string[];
  /** Traffic is settled there and something else needs people: no other slot can be named. */
  readonly only?: Slot;
}

/** A read older than this proves nothing. */
const OLDEST_MS = 15_000;

/** Why a person's `resolve` contradicts what was seen; undefined when it does not. */
export function resolveRefusal(
  resolve: { readonly slot: Slot } | { readonly drop: string }, read: AttentionRead | undefined, nowMs: number,
): { code: ErrorCode; text: string } | undefined {
  if (read?.only !== undefined && 'slot' in resolve) {
    return resolve.slot === read.only ? undefined : { code: 'RESOLVE_REFUSED', text: `everything is on ${read.only}, and the other slot is being stopped` };
  }
  if (!read || nowMs - read.atMs > OLDEST_MS) return { code: 'READ_TOO_OLD', text: 'the routers were last read more than 15 s ago' };
  if ('drop' in resolve) {
    if (!read.instances.includes(resolve.drop)) return { code: 'RESOLVE_REFUSED', text: `there is no router instance ${resolve.drop}` };
    return read.unreachable.includes(resolve.drop) || read.unserved.includes(resolve.drop) ? undefined : { code: 'RESOLVE_REFUSED', text: `router instance ${resolve.drop} answers and serves` };
  }
  const other: Slot = resolve.slot === 'blue' ? 'green' : 'blue';
  if (!read.healthy[resolve.slot] && read.healthy[other]) return { code: 'RESOLVE_REFUSED', text: `${resolve.slot} does not answer, ${other} does` };
  return undefined;
}
