import { NO_GENERATION, type RouterEntry, type Slot, UNMANAGED } from '../router/entry.js';
import { generationOf } from '../router/generation.js';

/** What an environment is to look like while no deployment is live. */
export interface RecordedStable {
  readonly slot: Slot;
  /** The deployment that brought its release. */
  readonly deployment: string;
  /** Addresses of the instances that were registered; empty while nobody knows. */
  readonly servers: readonly string[];
}

/** No run counts so far: a restored entry is told from every one that its deployment wrote. */
const RESTORED = 999_999_999;

/** An entry that says nothing: what a router starts with. */
export function isAbsent({ generation, deployment }: RouterEntry): boolean {
  return deployment === UNMANAGED && generation === NO_GENERATION;
}

/** Everything to the recorded stable slot, whoever wrote it. */
export function isSettledAs({ stable, phase, candidateShare, baselineShare, deployment }: RouterEntry, recorded: RecordedStable): boolean {
  return stable === recorded.slot && phase === 'settled' && candidateShare === 0 && baselineShare === 0 && deployment === recorded.deployment;
}

/**
 * What is written where the entry is absent: the one that another router instance still holds, so that they agree, else one of a generation that is
 * the same whoever restores it.
 */
export function restoredEntry(recorded: RecordedStable, others: readonly RouterEntry[]): RouterEntry {
  const kept = others.find((entry) => isSettledAs(entry, recorded));
  const { slot, deployment } = recorded;
  return kept ?? { stable: slot, phase: 'settled', generation: generationOf(deployment, RESTORED), candidateShare: 0, baselineShare: 0, deployment };
}
