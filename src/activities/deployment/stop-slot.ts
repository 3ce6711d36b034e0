import type { JsonObject } from '../../domain/json.js';
import type { Slot } from '../../domain/router/entry.js';
import type { Fence } from '../../domain/router/fence.js';
import type { Router } from '../../routers/router.js';
import type { Target } from '../../targets/target.js';
import { refuseLate } from './refuse-late.js';

export interface StoppedSlot {
  readonly service: string;
  readonly environment: string;
  readonly slot: Slot;
  readonly with: JsonObject;
  readonly backend: string;
  readonly fence: Fence;
  readonly except: readonly string[];
}

/**
 * Stops what the target lists in the slot, each instance by its name and deployment. The routers are asked after the list was made: while they show
 * no later generation, nobody has launched anything into the slot that could be on it and is not meant.
 *
 * @throws SUPERSEDED, ROUTER_UNREACHABLE, TARGET_UNREACHABLE, TARGET_OUTPUT_INVALID
 */
export async function stopSlot(router: Router, target: Target, stopped: StoppedSlot, signal: AbortSignal): Promise<void> {
  const { service, environment, slot, with: settings } = stopped;
  const ref = { service, environment, slot, with: settings };
  const instances = await target.status(ref, signal);
  await refuseLate(router, stopped);
  await target.retire({ ...ref, instances }, signal);
}
