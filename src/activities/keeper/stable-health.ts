import type { KeeperDeps } from './deps.js';
import { type InstanceHealth, probeAll, probedSlot, type ProbedSlot } from '../deployment/slot-health.js';
import { keyOf, type ManagedEnvironment } from './kept-place.js';

/** What was last heard of the instances of one stable release. */
export interface StableHealth {
  readonly state: 'up' | 'down' | 'unknown';
  /** For people: `2 of 2 answer`. */
  readonly text: string;
}

/** All fail twice, so long apart, before stable counts as down: one lost packet is no outage. */
const CONFIRM_MS = 1_000;

interface Known {
  readonly deployment: string;
  readonly answers: Map<string, InstanceHealth>;
  next: number;
  health: StableHealth;
}

/**
 * Asks the instances of stable releases whether they are well, as their own health checks say.
 *
 * One instance a round, each in its turn: a probe costs more than all else of a round. When it does not answer all are asked, and once more a
 * second later, so that a release of which nothing answers is found as soon as if all had been asked.
 */
export class StableProbes {
  private readonly known = new Map<string, Known>();
  private readonly inFlight = new Map<string, Promise<void>>();

  constructor(private readonly deps: Pick<KeeperDeps, 'prober' | 'clock'>) {}

  /** What is known now. */
  of(environment: ManagedEnvironment): StableHealth {
    return this.entryOf(environment).health;
  }

  /** Asks, unless it is being asked: a check that takes long holds nobody up. */
  ask(environment: ManagedEnvironment, signal: AbortSignal): Promise<void> {
    const key = keyOf(environment);
    const asking = this.inFlight.get(key) ?? this.askOnce(environment, signal).finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, asking);
    return asking;
  }

  private async askOnce(environment: ManagedEnvironment, signal: AbortSignal): Promise<void> {
    const known = this.entryOf(environment);
    const { servers, stable } = environment;
    if (servers.length === 0 || Object.keys(stable.release.health).length === 0) return void (known.health = UNKNOWN);
    const one = servers[known.next++ % servers.length];
    if (one === undefined) return;
    const hear = async (addresses: readonly string[]): Promise<boolean> => {
      const answers = await probeAll(this.deps, slotOf(environment, addresses), signal);
      for (const answer of answers) known.answers.set(answer.instance.address, answer);
      return answers.some(({ ok }) => ok);
    };
    if (!(await hear([one])) && !(await hear(servers))) {
      await this.deps.clock.sleep(CONFIRM_MS, signal);
      await hear(servers);
    }
    known.health = healthOf(servers, known.answers);
  }

  private entryOf({ stable, ...environment }: ManagedEnvironment): Known {
    const found = this.known.get(keyOf(environment));
    if (found?.deployment === stable.deployment) return found;
    const fresh = { deployment: stable.deployment, answers: new Map<string, InstanceHealth>(), next: 0, health: UNKNOWN };
    this.known.set(keyOf(environment), fresh);
    return fresh;
  }
}

const UNKNOWN: StableHealth = { state: 'unknown', text: 'not asked' };

/** Asks instances once, for a restoration: only what answers is put back. */
export async function answeringServers(deps: Pick<KeeperDeps, 'prober'>, environment: ManagedEnvironment, addresses: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  return (await probeAll(deps, slotOf(environment, addresses), signal)).filter(({ ok }) => ok).map(({ instance }) => instance.address);
}

function slotOf({ service, environment, router, backend, stable: { deployment, slot, release } }: ManagedEnvironment, addresses: readonly string[]): ProbedSlot {
  return probedSlot({ service, environment, router, backend, deployment }, slot, release, addresses.map((address) => ({ id: address, address })));
}

function healthOf(servers: readonly string[], answers: ReadonlyMap<string, InstanceHealth>): StableHealth {
  const heard = servers.flatMap((address) => answers.get(address) ?? []);
  const well = heard.filter(({ ok }) => ok).length;
  const silent = heard.find(({ ok }) => !ok);
  // Of one that was never asked nothing is known.
  const text = `${well} of ${heard.length} answer`;
  if (well > 0) return { state: 'up', text };
  return { state: 'down', text: `none of ${heard.length} answers${silent ? `; ${silent.instance.address}: ${silent.detail}` : ''}` };
}
