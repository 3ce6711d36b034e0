/**
 * What the keeper finds that is not as recorded while no deployment is live. `absent`: a router instance lost its entry or servers, as by a restart.
 * `differs`: they are there and say something else, since a person or a pull made it so. `unreachable`: the instance does not say.
 * `stable-down`: no instance of the stable release answers.
 */
export const DRIFT_KINDS = ['absent', 'differs', 'unreachable', 'stable-down'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** What is to be done about a drift. Only what is absent is ever restored. */
export const DRIFT_POLICIES = ['report', 'restore'] as const;
export type DriftPolicy = (typeof DRIFT_POLICIES)[number];

/** `restoring`: it is tried again each round. */
export type DriftOutcome = 'reported' | 'restoring' | 'restored';

/** One difference from what is recorded. */
export interface Drift {
  readonly kind: DriftKind;
  /** The router instance; null where it concerns the environment. */
  readonly routerInstance: string | null;
  /** One sentence for people. */
  readonly text: string;
}

/** A drift as it is kept: one of each environment, router instance and kind, the newest. */
export interface DriftRecord extends Drift {
  readonly service: string;
  readonly environment: string;
  /** The deployment that brought the release which is recorded as stable. */
  readonly deployment: string;
  /** RFC 3339. */
  readonly since: string;
  /** RFC 3339; null while it lasts. */
  readonly until: string | null;
  readonly outcome: DriftOutcome;
  /** How often one of this kind was found here. */
  readonly found: number;
  /** How often one was restored. */
  readonly restored: number;
  /** Which of its two notices have gone out. */
  readonly told: 'nothing' | 'found' | 'all';
}
