import type { JsonObject } from '../domain/json.js';
import type { Page, PageRequest } from './stores.js';

/** Who did what to what. */
export interface AuditEntry {
  /** Appended once per key, so that a repeated append of the same act is one row. */
  readonly key?: string;
  readonly actor: string;
  /** `deployment.abort`, `service.put`. */
  readonly action: string;
  /** What it was done to: `services/checkout`, a deployment's id. */
  readonly subject: string;
  readonly detail: JsonObject;
}

/** A link of the chain: its hash covers its content and the hash of the row before. */
export interface AuditRow {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** RFC 3339, the database's clock. */
  readonly at: string;
  readonly key: string | null;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: JsonObject;
  readonly previous: string;
  readonly hash: string;
}

export interface AuditStore {
  append(entry: AuditEntry): Promise<AuditRow>;
  list(page: PageRequest): Promise<Page<AuditRow>>;
  /** Recomputes the whole chain. `brokenAt`: the first sequence that is missing or was changed. */
  verify(): Promise<{ readonly rows: number; readonly brokenAt: number | null }>;
}
