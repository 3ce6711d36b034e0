import type { GateSpec, HealthCheck, TextOrSecret } from '../service/environment.js';

export type SourceKind = 'postgres' | 'directory' | 'sqlite';

/** Where the data of a source is. Connection secrets stand here by name. */
export type SourceLocation =
  | {
    readonly kind: 'postgres';
    readonly url: TextOrSecret;
    /** Who may create, rename and drop databases; without, `url` must. */
    readonly admin?: TextOrSecret;
  }
  | ({ readonly kind: 'directory' } & PathOnHosts)
  | ({ readonly kind: 'sqlite' } & PathOnHosts);

interface PathOnHosts {
  readonly path: string;
  /** All workers of the site reach the same data there, on whatever host. */
  readonly shared?: boolean;
}

/** Data that is backed up, of one service in one environment. The pair and the name are the unit of locking. */
export interface SourceSpec {
  readonly name: string;
  readonly at: SourceLocation;
  /** A repository of the operator. */
  readonly repository: string;
  readonly keep: KeepRules;
  /** For one backup, and for each long step of a restore. */
  readonly timeoutMs: number;
  /** The newest verified backup must not be older; null: nobody is told. */
  readonly maxAgeMs: number | null;
  readonly schedule?: ScheduleSpec;
  /** How often the newest backup is restored into scratch and proven. */
  readonly drill?: ScheduleSpec;
  readonly restore: RestoreSpec;
}

/** How many of the newest are kept, and of each hour, day ... the newest. All zero keeps everything. */
export interface KeepRules {
  readonly last: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

export interface ScheduleSpec {
  readonly when: { readonly kind: 'cron'; readonly cron: string } | { readonly kind: 'every'; readonly everyMs: number };
  readonly timezone: string;
  readonly jitterMs: number;
  /** A start that was missed is made up for within this time. */
  readonly catchUpMs: number;
}

export interface RestoreSpec {
  /** Waits for people between the proof and the swap. */
  readonly gate?: GateSpec & { readonly name: string };
  /** How long the data that was replaced is kept. */
  readonly keepOldMs: number;
  readonly quiesce?: QuiesceSpec;
  readonly checks: Readonly<Record<string, CheckSpec>>;
  /** Beside the health checks of what is live: must pass after the swap. */
  readonly verify: Readonly<Record<string, HealthCheck>>;
}

/** How writes are stopped before the safety backup and allowed again after the swap. */
export type QuiesceSpec =
  | { readonly kind: 'command'; readonly stop: readonly string[]; readonly start: readonly string[]; readonly timeoutMs: number }
  /** PostgreSQL only: new transactions of the database are read-only. */
  | { readonly kind: 'read-only' };

/** What the restored copy must satisfy beside being equal to what was backed up. */
export type CheckSpec =
  /** One value, which must be true (or a number other than 0). */
  | { readonly kind: 'query'; readonly sql: string; readonly timeoutMs: number }
  /** Exit code 0. Gets the copy's path or address in `SLIPWAY_COPY`. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly timeoutMs: number };

/** A source of an environment: its own, or one that another service owns. */
export type SourceDeclaration = SourceSpec | { readonly name: string; readonly uses: { readonly service: string; readonly source: string } };
