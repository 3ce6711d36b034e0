import { otherSlot, type RouterEntry, type Slot, UNMANAGED } from './entry.js';
import { parseGeneration } from './generation.js';

/** What everything is to be put right to. */
export interface Repair {
  readonly stable: Slot;
  /** The deployment that brought the release in that slot. */
  readonly deployment: string;
  /** For people: what was found, and what was made of it. */
  readonly text: string;
}

/**
 * What to do about an entry that is not settled, or instances that differ: everything to the named stable slot if that has a healthy instance, else to
 * the other if that has. With neither healthy the named one stays stable: the deployment that comes may be the one that mends it.
 */
export function repairOf(entries: readonly RouterEntry[], healthy: Readonly<Record<Slot, boolean>>): Repair | undefined {
  const [first] = entries;
  if (!first || entries.every((entry) => entry.phase === 'settled' && isSame(entry, first))) return undefined;
  const named = newest(entries);
  const other = otherSlot(named.stable);
  const found = entries.length > 1 && !entries.every((entry) => isSame(entry, first)) ? 'router instances differed' : `the router was left ${named.phase}`;
  if (healthy[named.stable] || !healthy[other]) {
    const state = healthy[named.stable] ? '' : ', although none of its instances answers';
    return { stable: named.stable, deployment: named.deployment, text: `${found}: everything to ${named.stable}, the stable slot${state}` };
  }
  if (named.deployment === UNMANAGED && named.candidateShare === 0) return { stable: named.stable, deployment: UNMANAGED, text: `${found}: nothing is managed` };
  const brought = parseGeneration(named.generation)?.deployment ?? named.deployment;
  return { stable: other, deployment: brought, text: `${found}: everything to ${other}, as ${named.stable} has no instance that answers` };
}

/** Of entries that differ: the latest shift of a deployment knows most; between deployments the younger one, whose id sorts later. */
function newest(entries: readonly RouterEntry[]): RouterEntry {
  return entries.reduce((best, entry) => (isNewer(entry, best) ? entry : best));
}

function isNewer(a: RouterEntry, b: RouterEntry): boolean {
  const left = parseGeneration(a.generation);
  const right = parseGeneration(b.generation);
  if (left && right && left.deployment === right.deployment) return left.n > right.n;
  if (left && right) return left.deployment > right.deployment;
  return left !== undefined && right === undefined;
}

function isSame(a: RouterEntry, b: RouterEntry): boolean {
  return a.stable === b.stable && a.phase === b.phase && a.deployment === b.deployment && a.candidateShare === b.candidateShare;
}
