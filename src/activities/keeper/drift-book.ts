import type { DriftOutcome, DriftRecord } from '../../domain/keeper/drift.js';
import type { DeploymentEvent } from '../../domain/event/event.js';
import type { KeeperDeps } from './deps.js';
import { foundSentence, overSentence } from './drift-sentences.js';
import type { Finding } from './findings.js';
import { keyOf, type ManagedEnvironment } from './kept-place.js';

/** Rounds in which nothing of it is seen until one is over that may come and go by itself. */
const CLEAN_ROUNDS = { absent: 1, differs: 1, unreachable: 2, 'stable-down': 2 } as const;

/** Events of what could not be written, oldest first; more than that is a database that was away for long. */
const CARRIED = 200;

/** Writes down what changes about drifts, and nothing of what stays: rows, and an event of the deployment that brought stable. */
export class DriftBook {
  private readonly clean = new Map<string, number>();
  private carried: readonly DeploymentEvent[] = [];

  constructor(private readonly deps: Pick<KeeperDeps, 'stores' | 'clock'>) {}

  async found(environment: ManagedEnvironment, { kind, routerInstance, text }: Finding, outcome: Exclude<DriftOutcome, 'restored'>): Promise<void> {
    const { service, environment: name, stable: { deployment } } = environment;
    const drift = { service, environment: name, deployment, kind, routerInstance, text, outcome, since: this.now() };
    this.clean.delete(driftKey(drift));
    if (!(await this.deps.stores.keeper.find(drift))) return this.deps.stores.keeper.describe(drift);
    await this.append(drift, 'found', drift.since, foundSentence(drift));
  }

  /** One that was written down and is not seen in this round. */
  async notSeen(drift: DriftRecord): Promise<void> {
    const rounds = (this.clean.get(driftKey(drift)) ?? 0) + 1;
    this.clean.set(driftKey(drift), rounds);
    if (rounds >= CLEAN_ROUNDS[drift.kind]) await this.over(drift, 'reported');
  }

  async over(drift: Omit<DriftRecord, 'found' | 'restored' | 'told'>, outcome: 'reported' | 'restored'): Promise<void> {
    const until = this.now();
    this.clean.delete(driftKey(drift));
    if (!(await this.deps.stores.keeper.end({ ...drift, until, outcome }))) return;
    await this.append(drift, 'over', until, overSentence({ ...drift, outcome }));
  }

  private async append(drift: Pick<DriftRecord, 'deployment' | 'kind' | 'routerInstance' | 'since'>, stage: 'found' | 'over', at: string, text: string): Promise<void> {
    const { deployment, kind, routerInstance, since } = drift;
    const key = `keeper.${kind}.${routerInstance ?? ''}.${since}.${stage}`;
    const event: DeploymentEvent = { key, deployment, kind: stage === 'found' ? 'drift-found' : 'drift-over', at, text, data: { drift: kind, routerInstance } };
    this.carried = (await this.deps.stores.events.append([...this.carried, event])).slice(-CARRIED);
  }

  private now(): string {
    return new Date(this.deps.clock.now()).toISOString();
  }
}

export function driftKey({ service, environment, routerInstance, kind }: Pick<DriftRecord, 'service' | 'environment' | 'routerInstance' | 'kind'>): string {
  return `${keyOf({ service, environment })} ${kind} ${routerInstance ?? ''}`;
}
