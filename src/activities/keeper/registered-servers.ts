import { isSettledAs } from '../../domain/keeper/recorded-stable.js';
import { messageOf } from '../../domain/errors.js';
import type { KeeperDeps } from './deps.js';
import { heldEntries, type KeptPlace, type ManagedEnvironment, recordedStable } from './kept-place.js';

/** A target that takes longer is not waited for: the routers, or what was noted before, tell as well. */
const ASK_MS = 3_000;

/**
 * Notes once a deployment which servers it left registered, as the router instances that are as recorded hold them: later, when one of them has lost
 * its own, nobody else may know.
 */
export async function withServers({ stores }: KeeperDeps, place: KeptPlace): Promise<ManagedEnvironment> {
  const { environment } = place;
  if (environment.servers.length > 0) return environment;
  const recorded = recordedStable(environment);
  const settled = heldEntries(place).filter(({ entry }) => isSettledAs(entry, recorded));
  const servers = [...new Set(settled.flatMap((held) => held.servers[recorded.slot].map(({ address }) => address)))].toSorted();
  if (servers.length === 0) return environment;
  await stores.keeper.register(environment.stable, servers);
  return { ...environment, servers };
}

/** A place with what its target says of it. */
export interface CertainPlace extends KeptPlace {
  /** Addresses of stable's instances that run: none else may be put back, as where one has ended another service may answer by now. */
  readonly running: readonly string[];
}

/** Asks the target, which knows what runs now; where it does not say, what was registered counts as running. */
export async function withRunningServers({ target, stores, logger }: KeeperDeps, place: KeptPlace, signal: AbortSignal): Promise<CertainPlace> {
  const { environment } = place;
  const { service, environment: name, stable: { slot, deployment, release: { version, target: { use, with: settings } } } } = environment;
  try {
    const found = await target(use).status({ service, environment: name, slot, with: settings, expected: { deployment, version } }, AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]));
    const running = found.filter((each) => each.state === 'running' && each.deployment === deployment).map(({ address }) => address).toSorted();
    // What was registered stays on record when nothing runs: by that people are told what is missing.
    if (running.length === 0 || running.join() === environment.servers.toSorted().join()) return { ...place, running };
    await stores.keeper.register(environment.stable, running);
    return { ...place, environment: { ...environment, servers: running }, running };
  } catch (error) {
    logger.warn({ service, environment: name, reason: messageOf(error) }, 'the target does not say what runs in the stable slot; the keeper goes by what was registered');
    return { ...place, running: environment.servers };
  }
}
