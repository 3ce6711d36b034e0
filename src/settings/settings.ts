import type { DriftPolicy } from '../domain/keeper/drift.js';
import type { PersistPolicy } from '../domain/router/persistence.js';
import type { TextOrSecret } from '../domain/service/environment.js';

/** Everything a process is told from outside, parsed once at its start. */
export interface Settings {
  readonly site: string;
  readonly databaseUrl: string;
  readonly http: { readonly host: string; readonly port: number };
  /** undefined where none was asked for. */
  readonly adminKey: string | undefined;
  readonly secretsFolder: string | undefined;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'; readonly format: 'json' | 'pretty' };
  readonly temporalUiUrl: string | undefined;
  /** undefined: Worker Versioning is off. */
  readonly workerVersioning: { readonly buildId: string; readonly deployment: string } | undefined;
  /** Of the worker. */
  readonly metrics: { readonly host: string; readonly port: number };
  /** Where workers put what backups and restores need for a while. */
  readonly stagingFolder: string;
  /** How long a lease on a repository lasts unrenewed. */
  readonly leaseTtlMs: number;
  readonly operator: OperatorSettings;
}

/** What the operator declares in `slipway.config.yaml`. */
export interface OperatorSettings {
  readonly routers: Readonly<Record<string, RouterSettings>>;
  readonly targets: Readonly<Record<string, TargetSettings>>;
  /** Prometheus servers by name; `default` is asked where a metric names none. */
  readonly prometheus: Readonly<Record<string, { readonly url: string; readonly allowPartial: boolean }>>;
  /** Where backups are kept. */
  readonly repositories: Readonly<Record<string, RepositorySettings>>;
  readonly singleHost: boolean;
}

/** Who may use it; undefined: every service. */
interface Usable {
  readonly services: readonly string[] | undefined;
}

export type RouterSettings = Usable & {
  /** What is done about what an instance lost while no deployment is live. */
  readonly onDrift: DriftPolicy;
  readonly persist: PersistPolicy;
} & (HaproxySettings | EmbeddedSettings);

export interface HaproxySettings extends HaproxyFiles {
  readonly kind: 'haproxy';
  /** Files of an instance go before those of the router. */
  readonly instances: Readonly<Record<string, ({ readonly socket: string } | { readonly tcp: string }) & HaproxyFiles>>;
  /** Names of instances that are left out of everything. */
  readonly maintenance: readonly string[];
  /** Every instance counts how long heads take. */
  readonly percentiles: boolean;
}

export interface HaproxyFiles {
  readonly mapFolder?: string;
  readonly stateFile?: string;
}

export interface EmbeddedSettings {
  readonly kind: 'embedded';
  readonly url: string;
  readonly token: TextOrSecret;
}

export type TargetSettings = Usable & { readonly allowInProduction: boolean } & (CommandSettings | ProcessSettings | StaticSettings);

export interface CommandSettings {
  readonly kind: 'command';
  readonly launch: readonly string[];
  readonly status: readonly string[];
  readonly retire: readonly string[];
  readonly timeoutMs: number;
}

export interface ProcessSettings {
  readonly kind: 'process';
  readonly command: readonly string[];
  readonly ports: { readonly first: number; readonly last: number };
  readonly folder: string;
}

export interface StaticSettings {
  readonly kind: 'static';
  readonly slots: { readonly blue: readonly string[]; readonly green: readonly string[] };
}

export type RepositorySettings = Usable & {
  /** How often the bytes are given back that no backup needs. */
  readonly pruneEveryMs: number;
} & (ResticSettings | ArchiveSettings);

export interface ResticSettings {
  readonly kind: 'restic';
  /** As restic takes it: an absolute path, `s3:…`, `sftp:…`. */
  readonly repository: string;
  readonly password: { readonly secret: string };
  /** What the place asks for, such as keys of S3. */
  readonly env: Readonly<Record<string, TextOrSecret>>;
  /** Extended options of restic, by name. */
  readonly options: Readonly<Record<string, string>>;
  readonly program: string;
}

export interface ArchiveSettings {
  readonly kind: 'archive';
  readonly folder: string;
  /** Of age; reads what was written for its recipient. */
  readonly identity: { readonly secret: string };
  /** Whom archives are written for; none: that of the identity. */
  readonly recipients: readonly string[];
}
