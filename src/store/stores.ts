import type { Plan } from '../domain/deployment/plan.js';
import type { DeploymentRecord, ObservationRecord, StableRecord } from '../domain/deployment/record.js';
import type { DeploymentStatus, Phase } from '../domain/deployment/status.js';
import type { DeploymentEvent } from '../domain/event/event.js';
import type { DriftRecord } from '../domain/keeper/drift.js';
import type { JsonObject } from '../domain/json.js';
import type { AuditStore } from './audit-store.js';
import type { BackupMetrics, BackupStores, RetentionMetrics } from './backup-stores.js';
import type { EventLog } from './event-log.js';
import type { KeeperRound, KeeperStore } from './keeper-store.js';

/** Every repository throws DATABASE_UNAVAILABLE when PostgreSQL does not answer in time. Lists are newest first, with an opaque cursor. */
export interface Page<T> { readonly items: readonly T[]; readonly next: string | null }
export interface PageRequest { readonly limit: number; readonly cursor?: string }

export interface ServiceRecord {
  readonly service: string;
  /** From 1; each put that changes something adds one, and a service that was forgotten and put again goes on counting. */
  readonly revision: number;
  /** As the user wrote it, parsed. */
  readonly definition: JsonObject;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

export interface ServiceStore {
  get(service: string): Promise<ServiceRecord | undefined>;
  list(page: PageRequest): Promise<Page<ServiceRecord>>;
  revisions(service: string, page: PageRequest): Promise<Page<ServiceRecord>>;
  /**
   * @param expected the revision that must be the newest; 0: it must not exist; undefined: whatever it is.
   * What the definition claims is claimed in the same transaction.
   *
   * @throws PRECONDITION_FAILED, ROUTER_ENTRY_TAKEN, SOURCE_TAKEN
   */
  put(record: { service: string; definition: JsonObject; by: string; expected?: number } & Claims): Promise<ServiceRecord>;
  /** Whether the service could claim it now; nothing changes. @throws ROUTER_ENTRY_TAKEN, SOURCE_TAKEN */
  check(service: string, claims: Claims): Promise<void>;
  /**
   * Takes one environment (or, when it was the last, the service: definition null) out of the definition, with its stable record, observations,
   * drifts and claims. Revisions stay.
   *
   * @throws PRECONDITION_FAILED
   */
  forget(record: { service: string; environment: string; definition: JsonObject | null; by: string; expected: number }): Promise<void>;
}

/** What a definition has for itself, over all its environments. */
export interface Claims { readonly entries: readonly EntryClaim[]; readonly sources: readonly SourceClaim[] }

export interface EntryClaim { readonly environment: string; readonly router: string; readonly backend: string }

/** Data of which a service is the one owner in the environment; `place` as `placeOf` writes it. */
export interface SourceClaim {
  readonly environment: string;
  readonly source: string;
  /** As `placeOf` writes it. */
  readonly place: string;
  /** How old the data of its newest backup may get; null: none was asked for. */
  readonly maxAgeMs: number | null;
}

export interface NewDeployment {
  readonly id: string; readonly service: string; readonly environment: string; readonly strategy: string; readonly version: string;
  readonly plan: Plan; readonly by: DeploymentRecord['by']; readonly reason?: string; readonly undoes?: string; readonly revision: number;
}

export interface DeploymentFilter { readonly service?: string; readonly environment?: string; readonly phase?: Phase; readonly live?: boolean }

export interface UnendedDeployment extends Pick<DeploymentRecord, 'id' | 'service' | 'environment' | 'accepted'> {
  /** Since it was requested. */
  readonly ageMs: number;
}

export interface DeploymentStore {
  /**
   * One transaction: idempotency key (when given), id and row `requested`. The same id again changes nothing.
   *
   * @throws IDEMPOTENCY_IN_FLIGHT when the key already stands for another deployment or body: `begin` says which.
   */
  request(deployment: NewDeployment, idempotency?: IdempotencyClaim): Promise<void>;
  accepted(id: string): Promise<void>;
  get(id: string): Promise<DeploymentRecord | undefined>;
  list(filter: DeploymentFilter, page: PageRequest): Promise<Page<DeploymentRecord>>;
  /** The newest not ended of the environment. */
  live(service: string, environment: string): Promise<DeploymentRecord | undefined>;
  /** First activity of a run: false when the id was claimed by another workflow run, withdrawn or lost, so an id never runs twice. */
  claim(id: string, runId: string): Promise<boolean>;
  /**
   * The last word of a run: status, end, and stable when it changed. Idempotent: the first end stays, except that a run's own word takes the
   * place of `lost`; a stable record never takes the place of one with a later `since`.
   *
   * @throws DEPLOYMENT_NOT_FOUND
   */
  record(outcome: { status: DeploymentStatus; stable?: StableRecord }): Promise<void>;
  /** A newer status of a live run: never over an ended row, nor over a status with a higher `serial`. An end is passed over: only `record` tells it, with all that belongs to it. */
  progress(status: DeploymentStatus): Promise<void>;
  stable(service: string, environment: string): Promise<StableRecord | undefined>;
  /** The newest succeeded deployments of the environment, for undo. */
  succeeded(service: string, environment: string, limit: number): Promise<readonly DeploymentRecord[]>;
  /** Every row that has not ended, oldest first, without its plan and status: the sweeper looks at them every few seconds. */
  unended(): Promise<readonly UnendedDeployment[]>;
  /**
   * Ends a row whose run is gone: phase, cause `LOST` and an event of that kind. The idempotency key of one that was never accepted is free
   * again: it never ran, and can never run any more.
   *
   * @returns false when it had ended.
   */
  lose(id: string, text: string): Promise<boolean>;
  /** Removes a row that never started because another deployment is live; one that was accepted or claimed stays. Its idempotency key is free again. */
  withdraw(id: string): Promise<void>;
}

export interface IdempotencyClaim { readonly key: string; readonly actor: string; readonly route: string; readonly bodyHash: string }
export type IdempotencyState =
  | { readonly state: 'new' }
  /** Requested before: what the id names is re-driven. `answer` when it was answered. */
  | { readonly state: 'known'; readonly resource: string | null; readonly answer: { readonly status: number; readonly body: JsonObject } | null }
  /** `resource`: what it has requested, as far as it got. */
  | { readonly state: 'in-flight'; readonly resource: string | null };

export interface IdempotencyStore {
  /** A key belongs to its actor and route. In flight for at most 30 s, then whoever asks takes over. @throws IDEMPOTENCY_KEY_REUSED when the same key came with another body. */
  begin(claim: IdempotencyClaim): Promise<IdempotencyState>;
  /** The resource (the id of a deployment, backup, restore or drill) is written by `request` of its store; the answer here. */
  answer(claim: IdempotencyClaim, answer: { status: number; body: JsonObject }): Promise<void>;
  /** No longer in flight and not answered: the next `begin` is `new`, or `known` without an answer when something was already requested with it. */
  release(claim: IdempotencyClaim): Promise<void>;
}

export interface SequencedEvent extends DeploymentEvent { readonly sequence: number }

export interface EventStore extends EventLog {
  /** In the order in which PostgreSQL assigned rows; an event that is written later never has a lower sequence than one already read. */
  after(deployment: string, sequence: number, limit: number): Promise<readonly SequencedEvent[]>;
}

/** Tells what was written, by whichever process. */
export interface ChangeFeed {
  /**
   * Calls back with the id of each deployment of which an event or a newer status was written; without one whenever some of that may have been
   * missed, so that any may have changed. Best effort: whoever must not miss anything looks from time to time all the same.
   *
   * @returns ends it
   */
  subscribe(changed: (deployment?: string) => void): () => void;
}

export interface ObservationStore {
  /** Best effort, bounded in time, never throws. */
  observe(records: readonly ObservationRecord[]): Promise<void>;
  of(service: string, environment: string): Promise<readonly ObservationRecord[]>;
}

/** For `/metrics`, aggregated in the database. */
export interface MetricsStore {
  /** Of ended deployments; milliseconds are sums. */
  outcomes(): Promise<readonly { service: string; environment: string; strategy: string; phase: Phase; count: number; progressingMs: number; waitingMs: number }[]>;
  /** `breachToZeroMs` of all ended deployments, counted at or under each bound (ascending). */
  breachToZero(boundsMs: readonly number[]): Promise<{ counts: readonly number[]; count: number; sumMs: number }>;
  splits(): Promise<readonly ObservationRecord[]>;
  /** One row a source that is declared or has ever been backed up. */
  backups(): Promise<readonly BackupMetrics[]>;
  retention(): Promise<RetentionMetrics>;
  /** Each site's newest round. */
  keeperRounds(): Promise<readonly (KeeperRound & { readonly ageMs: number })[]>;
  drifts(): Promise<readonly DriftRecord[]>;
}

export interface Stores extends BackupStores {
  readonly services: ServiceStore;
  readonly deployments: DeploymentStore;
  readonly idempotency: IdempotencyStore;
  readonly events: EventStore;
  readonly changes: ChangeFeed;
  readonly observations: ObservationStore;
  readonly metrics: MetricsStore;
  readonly keeper: KeeperStore;
  readonly audit: AuditStore;
  /** Tells this database from every other one, for as long as it lives; a copy has the same. */
  installation(): Promise<string>;
  /** @throws DATABASE_UNAVAILABLE */
  ping(): Promise<void>;
  close(): Promise<void>;
}
