import type { Actor } from '../../domain/actor.js';
import type { Plan } from '../../domain/deployment/plan.js';

/** The one argument of `canary` and `blueGreen`. */
export interface DeploymentInput {
  readonly deployment: string;
  readonly plan: Plan;
  readonly by: Actor;
  readonly reason?: string;
  /** The deployment whose effect this one undoes. */
  readonly undoes?: string;
}

/** The one result. */
export interface DeploymentOutcome {
  readonly deployment: string;
  readonly phase: 'succeeded' | 'rolled-back' | 'aborted';
  readonly code: string | null;
  readonly text: string;
}
