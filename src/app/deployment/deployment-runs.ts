import type { ControlKind, ControlMessage } from '../../domain/deployment/control-message.js';
import type { Plan } from '../../domain/deployment/plan.js';
import type { DeploymentStatus } from '../../domain/deployment/status.js';
import type { DeploymentInput } from '../../workflows/deployment/input.js';

/** Where a deployment runs: the pair is the lock, the id says which of its runs is meant. */
export interface RunAddress {
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
}

/** `same`: this deployment was started before. `other`: another one has the lock. `held`: a restore has it. */
export type StartResult =
  | { readonly start: 'new' | 'same' }
  | { readonly start: 'other'; readonly live: string }
  | { readonly start: 'held'; readonly restore: string };

export interface FoundRun extends RunAddress {
  /** `completed` ended by itself; `gone` was terminated, timed out or failed, and left no outcome. */
  readonly state: 'running' | 'completed' | 'gone';
  /** RFC 3339; null while it runs. */
  readonly closedAt: string | null;
  /** The restore that has or had the lock instead of a deployment. */
  readonly heldBy: string | null;
}

/**
 * `closed`: the newest run under the lock has ended, and what it would say of itself is the past. `silent`: no run of this deployment answers, for
 * whatever reason.
 */
export type RunAnswer = { readonly state: 'open'; readonly status: DeploymentStatus } | { readonly state: 'closed' | 'silent' };

/** What is not there that a deployment needs; empty when all is. */
export interface RunsReadiness {
  readonly temporal: string | null;
  readonly workers: string | null;
}

/**
 * The runs of deployments, wherever they live. Every call is bounded in time.
 * All throw TEMPORAL_UNAVAILABLE when the server does not answer.
 */
export interface DeploymentRuns {
  /**
   * Idempotent by deployment id. After TEMPORAL_UNAVAILABLE the run may have started: repeat with the same input.
   *
   * @throws TEMPORAL_NOT_PREPARED when the namespace lacks the search attributes
   */
  start(input: DeploymentInput): Promise<StartResult>;
  /**
   * Idempotent by message id.
   *
   * @throws DEPLOYMENT_ENDED; TEMPORAL_TIMEOUT when no worker took it in time; every code by which a run refuses a message
   */
  control(address: RunAddress, kind: ControlKind, message: ControlMessage): Promise<DeploymentStatus>;
  /** What comes of asking the live run for its status. Never throws. */
  ask(address: RunAddress): Promise<RunAnswer>;
  /** The live run's own word; undefined when no run of this deployment answers, whatever the reason. Never throws. */
  status(address: RunAddress): Promise<DeploymentStatus | undefined>;
  /** The plan the run carries out. Like `status`. */
  plan(address: RunAddress): Promise<Plan | undefined>;
  /** The newest run that holds or held the lock. */
  describe(environment: string, service: string): Promise<FoundRun | undefined>;
  /** Which deployments run, as an index has them that may lag by a second or two: one that is missing here is to be looked at by itself. */
  running(): Promise<ReadonlySet<string>>;
  /** By search attribute among the running: needs no record. */
  findRunning(deployment: string): Promise<RunAddress | undefined>;
  /** Never throws. */
  readiness(): Promise<RunsReadiness>;
}
