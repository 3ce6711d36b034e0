import type { Actor } from '../actor.js';
import type { Plan } from './plan.js';
import type { DeploymentStatus, Phase } from './status.js';

/** What PostgreSQL keeps of a deployment: the request, and the last status that a worker could write. */
export interface DeploymentRecord {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly strategy: string;
  readonly version: string;
  readonly phase: Phase;
  readonly plan: Plan;
  readonly by: Actor;
  readonly reason: string | null;
  readonly undoes: string | null;
  /** The revision of the definition it was planned from. */
  readonly revision: number;
  /** null until the run wrote one. */
  readonly status: DeploymentStatus | null;
  /** Whether Temporal has answered the start. */
  readonly accepted: boolean;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}

/** What the records say is live in an environment: a copy of what the router decides. */
export interface StableRecord {
  readonly service: string;
  readonly environment: string;
  readonly deployment: string;
  readonly slot: 'blue' | 'green';
  readonly release: Plan['candidate'];
  readonly since: string;
}

/** What the workers of a site last saw of one environment, with its age. */
export interface ObservationRecord {
  readonly service: string;
  readonly environment: string;
  readonly routerInstance: string;
  readonly entry: string;
  readonly split: { readonly blue: number; readonly green: number };
  /** `disk`: why the router instance would not start again as it is; absent where it would, or nobody knows. */
  readonly health: { readonly stable: string; readonly candidate: string; readonly disk?: string };
  readonly at: string;
}
