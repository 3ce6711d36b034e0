import type { JsonObject } from '../domain/json.js';
import type { Slot } from '../domain/router/entry.js';

/**
 * Where instances of a service run: machines, processes, containers.
 *
 * Promises of every implementation, held by `contract.ts`: all calls are idempotent by deployment id; `launch` returns the instances of its
 * deployment when they were started, not when they are healthy; `retire` leaves alone what it does not name, and does nothing where nothing of that
 * is there; an aborted call rejects with the signal's reason.
 */
export interface Target {
  readonly name: string;
  /** Starts the instances of the deployment in the slot; those it already started are left alone. @throws LAUNCH_FAILED, TARGET_OUTPUT_INVALID, PROGRAM_TIMEOUT */
  launch(request: LaunchRequest, signal?: AbortSignal): Promise<readonly TargetInstance[]>;
  /** What is there now. @throws TARGET_UNREACHABLE, TARGET_OUTPUT_INVALID */
  status(ref: SlotRef, signal?: AbortSignal): Promise<readonly TargetInstance[]>;
  /** Stops the instances named, and no other, gracefully, and waits for it. @throws TARGET_UNREACHABLE, TARGET_OUTPUT_INVALID */
  retire(request: RetireRequest, signal?: AbortSignal): Promise<void>;
}

export interface SlotRef {
  readonly service: string;
  readonly environment: string;
  readonly slot: Slot;
  /** The definition's `target.with`: what this service tells this target. */
  readonly with: JsonObject;
  /** What the caller believes is there. Only a target that cannot tell (fixed addresses) repeats it; the others report what they see. */
  readonly expected?: { readonly deployment: string; readonly version: string };
}

export interface LaunchRequest extends SlotRef {
  readonly deployment: string;
  readonly version: string;
  readonly instances: number;
}

export interface RetireRequest extends SlotRef {
  /** As a status listed them. Another deployment may have given the same id again: an instance is meant only with both. */
  readonly instances: readonly Pick<TargetInstance, 'id' | 'deployment'>[];
}

export interface TargetInstance {
  readonly id: string;
  /** `host:port` with an IP address. */
  readonly address: string;
  /** The deployment that launched it; an instance of another deployment is never made ready. */
  readonly deployment: string;
  readonly version: string;
  readonly state: 'starting' | 'running' | 'stopped';
}
