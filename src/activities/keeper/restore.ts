import { messageOf, SlipwayError } from '../../domain/errors.js';
import { restoredEntry } from '../../domain/keeper/recorded-stable.js';
import type { DriftOutcome } from '../../domain/keeper/drift.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import type { KeeperDeps } from './deps.js';
import type { Finding } from './findings.js';
import { compareHeld } from './findings.js';
import { answering, heldEntries, type KeptPlace, recordedStable } from './kept-place.js';
import type { CertainPlace } from './registered-servers.js';
import { answeringServers } from './stable-health.js';
import { isKeepers } from './still-keepers.js';

/** How old the look at records and lock may be that a write goes by, by this machine's own clock (ADR 0009). */
const LOOK_LIMIT_MS = 1_000;

export interface Restoration {
  readonly outcome: Exclude<DriftOutcome, 'reported'>;
  /** What came of it, for people. */
  readonly text: string;
}

/**
 * Puts what one router instance lost back as recorded: the servers first that answer right now, then the entry. Nothing is written while a deployment
 * has the environment or its end is not on record; the entry only where there is still none.
 */
export async function restore(deps: KeeperDeps, place: CertainPlace, finding: Finding, signal: AbortSignal): Promise<Restoration> {
  try {
    const left = await tryToRestore(deps, place, finding, signal);
    return left === undefined ? { outcome: 'restored', text: 'put back as recorded' } : { outcome: 'restoring', text: left };
  } catch (error) {
    return { outcome: 'restoring', text: `could not be put back yet: ${messageOf(error)}` };
  }
}

/** @returns what is left to do; undefined when all is as recorded. */
async function tryToRestore(deps: KeeperDeps, place: CertainPlace, { absent, routerInstance }: Finding, signal: AbortSignal): Promise<string | undefined> {
  const { environment, router, running } = place;
  const { backend, stable: { slot } } = environment;
  if (absent === undefined || routerInstance === null) return 'nothing is absent';
  const servers = await answeringServers(deps, environment, running, signal);
  if (servers.length === 0) return nothingToPutBack(place);
  const { generation } = readEntry(place, routerInstance);
  const lookedAt = deps.clock.now();
  if (!(await isKeepers(deps, environment))) return 'a deployment has the environment';
  refuseStale(deps, lookedAt);
  // Nothing may be put beside an entry that is not the one that was read.
  const fence = { generation, base: generation };
  const [ensured] = (await router.ensure({ backend, slot, fence, servers: servers.map((address) => ({ id: address, address })), only: [routerInstance] })).instances;
  if (!ensured) return 'the router does not have the instance any more';
  if (!ensured.ok) throw new SlipwayError(ensured.code, ensured.detail);
  if (absent.entry === 'absent') {
    refuseStale(deps, lookedAt);
    await restoreEntry(place, routerInstance);
  }
  return leftAt(place, routerInstance, servers);
}

function nothingToPutBack({ environment, running }: CertainPlace): string {
  if (environment.servers.length === 0) return 'nobody knows the instances of the stable release';
  return `none of the stable instances ${running.length === 0 ? 'runs, as its target says' : 'answers'}, so nothing is put back`;
}

function refuseStale({ clock }: KeeperDeps, lookedAt: number): void {
  const ageMs = clock.now() - lookedAt;
  if (ageMs > LOOK_LIMIT_MS) throw new SlipwayError('ROUTER_CONFLICT', `${ageMs} ms passed since the look whether a deployment is live, so nothing more was written`);
}

function readEntry({ environment, survey }: KeptPlace, instance: string): RouterEntry {
  const held = answering(survey).find((each) => each.instance === instance)?.entries[environment.backend];
  if (!held?.ok) throw new SlipwayError('ROUTER_CONFLICT', 'the entry was not read');
  return held.entry;
}

async function restoreEntry(place: KeptPlace, instance: string): Promise<void> {
  const { environment, router } = place;
  const entry = restoredEntry(recordedStable(environment), heldEntries(place).map((held) => held.entry));
  const { generation: base } = readEntry(place, instance);
  // It gives the candidate nothing, so no tombstone stands in its way: not even one of a deployment that people then let serve.
  const [shifted] = (await router.shift({ backend: environment.backend, entry, base, only: [instance], despitePull: true })).instances;
  if (!shifted) throw new SlipwayError('ROUTER_UNREACHABLE', 'the instance is not one of the router');
  if (!shifted.ok) throw new SlipwayError(shifted.code, shifted.detail);
  if (shifted.outcome === 'conflict' || shifted.outcome === 'pulled') throw new SlipwayError('ROUTER_CONFLICT', shifted.detail);
}

async function leftAt({ environment, router }: KeptPlace, instance: string, answered: readonly string[]): Promise<string | undefined> {
  const after = answering(await router.survey([environment.backend])).find((each) => each.instance === instance)?.entries[environment.backend];
  if (!after?.ok) return 'was written and could not be read back';
  const compared = compareHeld(environment, after, true);
  if (compared.kind === 'same') return undefined;
  const silent = environment.servers.filter((address) => !answered.includes(address));
  return `${compared.text}${silent.length > 0 ? `; ${silent.join(', ')} ${silent.length === 1 ? 'does' : 'do'} not answer` : ''}`;
}
