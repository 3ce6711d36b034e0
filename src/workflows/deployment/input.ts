import type { Actor } from '../../domain/actor.js';
import type { ControlSnapshot } from '../../domain/deployment/control-state.js';
import type { Plan } from '../../domain/deployment/plan.js';
import type { Goal } from './attention-loop.js';
import type { RunData } from './run-state.js';

/** The one argument of `canary` and `blueGreen`. */
export interface DeploymentInput {
  readonly deployment: string;
  readonly plan: Plan;
  readonly by: Actor;
  readonly reason?: string;
  /** The deployment whose effect this one undoes. */
  readonly undoes?: string;
  /** What an earlier run of the same deployment hands over, from `needs-attention` only. */
  readonly handover?: Handover;
}

export interface Handover {
  readonly data: RunData;
  readonly control: ControlSnapshot;
  /** `revert`: traffic is settled, the data is not. */
  readonly goal: Goal | 'revert';
  readonly reason: string;
}

/** The one result. */
export interface DeploymentOutcome {
  readonly deployment: string;
  readonly phase: 'succeeded' | 'rolled-back' | 'aborted';
  readonly code: string | null;
  readonly text: string;
}
