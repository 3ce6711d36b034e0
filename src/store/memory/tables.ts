import { randomUUID } from 'node:crypto';
import { SlipwayError } from '../../domain/errors.js';
import type { DeploymentRecord, ObservationRecord, StableRecord } from '../../domain/deployment/record.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { DrillRecord } from '../../domain/backup/record.js';
import type { DriftRecord } from '../../domain/keeper/drift.js';
import type { AuditRow } from '../audit-store.js';
import type { BackupRow } from '../backup-row.js';
import type { BackupContent, RepositoryAt } from '../backup-stores.js';
import type { KeeperRound, SeenRouterInstance } from '../keeper-store.js';
import type { LeaseMode, LeaseRequest } from '../lease-store.js';
import type { RestoreRow } from '../restore-row.js';
import type { EntryClaim, IdempotencyClaim, SequencedEvent, ServiceRecord, SourceClaim } from '../stores.js';

export interface DeploymentRow { readonly record: DeploymentRecord; readonly runId: string | null }

export interface IdempotencyRow {
  readonly claim: IdempotencyClaim;
  /** null: not in flight. */
  readonly begunAt: number | null;
  readonly resource: string | null;
  readonly answer: { readonly status: number; readonly body: SequencedEvent['data'] } | null;
}

export interface DrillRow { readonly record: DrillRecord; readonly key: string | null }

/** Since when it is declared. */
export interface SourceRow extends SourceClaim { readonly service: string; readonly at: string }

export interface RepositoryRow extends RepositoryAt { readonly made: boolean; readonly prunedAt: string | null; readonly triedAt: string | null }

export interface LeaseRow extends Pick<LeaseRequest, 'name' | 'holder'> { readonly mode: LeaseMode | 'waiting'; readonly token: number; readonly until: number }

/** What the keeper notes. */
export interface KeeperTables {
  readonly drifts: Map<string, DriftRecord>;
  /** By environment. */
  readonly registered: Map<string, { readonly deployment: string; readonly servers: readonly string[] }>;
  /** By site; `at` in milliseconds. */
  readonly rounds: Map<string, Omit<KeeperRound, 'site'> & { readonly at: number }>;
  readonly seenRouters: Map<string, SeenRouterInstance & { readonly site: string; readonly router: string }>;
}

/** What PostgreSQL's tables are to the other implementation. */
export interface MemoryTables {
  readonly services: Map<string, ServiceRecord>;
  readonly revisions: ServiceRecord[];
  readonly entries: (EntryClaim & { readonly service: string })[];
  readonly sources: SourceRow[];
  readonly deployments: Map<string, DeploymentRow>;
  readonly stable: Map<string, StableRecord>;
  readonly events: SequencedEvent[];
  /** Who is told of which deployment something was written. */
  readonly listeners: Set<(deployment?: string) => void>;
  readonly idempotency: Map<string, IdempotencyRow>;
  readonly observations: Map<string, ObservationRecord>;
  readonly audit: AuditRow[];
  readonly backups: Map<string, BackupRow>;
  /** By backup, then by attempt. */
  readonly contents: Map<string, Map<number, BackupContent>>;
  readonly restores: Map<string, RestoreRow>;
  readonly drills: Map<string, DrillRow>;
  readonly leases: Map<number, LeaseRow>;
  readonly installation: string;
  /** By site and place. */
  readonly repositories: Map<string, RepositoryRow>;
  /** When retention of a source last came to its end, by the source. */
  readonly retentions: Map<string, SourceAddress & { readonly retainedAt: string }>;
  readonly keeper: KeeperTables;
  readonly now: () => number;
  /** False stands for a database that does not answer. */
  readonly available: () => boolean;
}

export function emptyTables(now: () => number, available: () => boolean): MemoryTables {
  return {
    services: new Map(), revisions: [], entries: [], sources: [], deployments: new Map(), stable: new Map(), events: [], listeners: new Set(),
    idempotency: new Map(), observations: new Map(), audit: [], backups: new Map(), contents: new Map(), restores: new Map(), drills: new Map(),
    installation: randomUUID(), leases: new Map(), repositories: new Map(), retentions: new Map(), now, available,
    keeper: { drifts: new Map(), registered: new Map(), rounds: new Map(), seenRouters: new Map() },
  };
}

/** @throws DATABASE_UNAVAILABLE */
export function assertAvailable(tables: MemoryTables): void {
  if (!tables.available()) throw new SlipwayError('DATABASE_UNAVAILABLE', 'The database does not answer.');
}

/** Something was written of the deployment. */
export function tellChanged({ listeners }: MemoryTables, deployment: string): void {
  for (const listener of listeners) listener(deployment);
}

export function nowText(tables: MemoryTables): string {
  return new Date(tables.now()).toISOString();
}

/** The key of what belongs to an environment; neither name may contain a slash. */
export function environmentKey(service: string, environment: string): string {
  return `${service}/${environment}`;
}

/** Takes out of a list, in place, what matches. */
export function removeWhere<T>(rows: T[], matches: (row: T) => boolean): void {
  rows.splice(0, rows.length, ...rows.filter((row) => !matches(row)));
}
