import { SlipwayError } from '../../domain/errors.js';
import type { Fence } from '../../domain/router/fence.js';
import { refuseSuperseded } from '../../routers/refuse-superseded.js';
import type { Router } from '../../routers/router.js';
import { complete } from './router-readings.js';

/** A reading that is older says nothing about now. */
const FRESH_MS = 1_000;

export interface Late {
  readonly backend: string;
  readonly fence: Fence;
  readonly except: readonly string[];
}

/**
 * Called right before something is changed that no router can guard: whoever comes late, as its process stood still, ends here.
 *
 * @throws SUPERSEDED, ROUTER_UNREACHABLE, ROUTER_ENTRY_INVALID
 */
export async function refuseLate(router: Router, { backend, fence, except }: Late): Promise<void> {
  // This clock runs on while the process is stopped.
  const askedAt = performance.now();
  for (const { entry } of complete(await router.read(backend), except)) refuseSuperseded(entry, fence);
  const ageMs = Math.round(performance.now() - askedAt);
  if (ageMs > FRESH_MS) throw new SlipwayError('ROUTER_UNREACHABLE', `the routers took ${ageMs} ms to say who may change the slot, which may have changed since`);
}
