import type { StableRecord } from '../domain/deployment/record.js';
import type { DriftRecord } from '../domain/keeper/drift.js';

/** An environment as the keeper sees it in the records. */
export interface KeptEnvironment {
  readonly service: string;
  readonly environment: string;
  readonly router: string;
  readonly backend: string;
  /** null: it was never deployed. */
  readonly stable: StableRecord | null;
  /** Whether a deployment has not ended on record: then it is not the keeper's. */
  readonly live: boolean;
  /** Addresses of stable's instances as they were registered; empty while nobody has noted them. */
  readonly servers: readonly string[];
}

/** Which drift is meant. */
export type DriftKey = Pick<DriftRecord, 'service' | 'environment' | 'routerInstance' | 'kind'>;

/** A drift that was just found. */
export type FoundDrift = Pick<DriftRecord, 'service' | 'environment' | 'routerInstance' | 'kind' | 'deployment' | 'text' | 'outcome' | 'since'>;

/** A round of a site's keeper: the newest. */
export interface KeeperRound {
  readonly site: string;
  readonly environments: number;
  readonly tookMs: number;
}

export interface SeenRouterInstance {
  readonly instance: string;
  /** The entries that it has a place for, by name. */
  readonly entries: readonly string[];
}

/** What the keeper of a site last saw of a router. */
export interface SeenRouter {
  /** The age of the site's newest round; null when there was none. */
  readonly roundAgeMs: number | null;
  /** Those that answered. */
  readonly instances: readonly SeenRouterInstance[];
}

export interface KeeperStore {
  /** Every environment that definitions have and the site looks after, or may: what another site has deployed is left out. */
  environments(site: string): Promise<readonly KeptEnvironment[]>;
  /** One of them as it is right now. */
  environment(service: string, environment: string): Promise<KeptEnvironment | undefined>;
  /** Notes which instances of the deployment's release are registered. */
  register(stable: Pick<StableRecord, 'service' | 'environment' | 'deployment'>, servers: readonly string[]): Promise<void>;

  /** @returns whether it is new: false when it was found before and lasts. */
  find(drift: FoundDrift): Promise<boolean>;
  /** What is found and done about one that lasts. Nothing is written where that is known. */
  describe(drift: DriftKey & Pick<DriftRecord, 'text' | 'outcome'>): Promise<void>;
  /** @returns whether it lasted until now. */
  end(drift: DriftKey & { readonly until: string; readonly outcome: 'reported' | 'restored' }): Promise<boolean>;
  /** Notes that people were told, of the drift that began then. */
  told(drift: DriftKey & Pick<DriftRecord, 'since' | 'told'>): Promise<void>;
  /** Those that last, and those whose notices have not all gone out. */
  unsettled(): Promise<readonly DriftRecord[]>;
  /** The newest of each kind and router instance. */
  driftsOf(service: string, environment: string): Promise<readonly DriftRecord[]>;

  /** Ends a round: its age is counted from now. */
  round(round: KeeperRound): Promise<void>;
  /** null: there was none. */
  roundAgeMs(site: string): Promise<number | null>;
  /** How many environments definitions have. */
  countEnvironments(): Promise<number>;

  /** What an instance of a router has places for; `null`: it does not answer any more, so nothing is known of it. */
  sawRouter(seen: { readonly site: string; readonly router: string; readonly instance: string; readonly entries: readonly string[] | null }): Promise<void>;
  seenRouter(site: string, router: string): Promise<SeenRouter>;
}
