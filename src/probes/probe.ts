import type { HealthCheck } from '../domain/service/environment.js';

/** Asks one instance once whether it is well. Never throws for an unwell instance; rejects with the signal's reason when aborted. */
export interface Prober {
  probe(check: HealthCheck, instance: ProbeSubject, signal?: AbortSignal): Promise<ProbeResult>;
}

export interface ProbeSubject {
  readonly id: string;
  /** `host:port`. */
  readonly address: string;
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly tookMs: number;
  /** Why not, in a few words: `status 503`, `connection refused`, `no answer within 500 ms`. */
  readonly detail?: string;
  /** Nothing came back, neither a connection nor an answer in time: the way there may be what is broken. */
  readonly unreached?: true;
}
