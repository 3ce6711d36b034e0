import { codeOf, type ErrorCode, SlipwayError } from '../../domain/errors.js';
import type { RetireResult, StepInput } from '../../domain/deployment/steps.js';
import { formatShare } from '../../domain/share.js';
import { splitOf } from '../../domain/router/entry.js';
import type { FencedSlot, Router } from '../../routers/router.js';
import { diskOf } from '../disk-of.js';
import { takeEntry } from './take-entry.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { answering, complete, showReadings } from './router-readings.js';
import { stopSlot } from './stop-slot.js';

/**
 * Stops a slot's instances once every router instance shows it without share and without requests.
 *
 * @throws SLOT_IN_USE, SUPERSEDED, ROUTER_UNREACHABLE, TARGET_UNREACHABLE
 */
export async function retire(deps: ActivityDeps, input: StepInput<'retire'>, context: StepContext): Promise<RetireResult> {
  const { plan, slot, backend, service, environment, except } = input;
  const release = input.role === 'stable' && plan.stable ? plan.stable : plan.candidate;
  const router = deps.router(input.router);
  for (const { instance, entry, tombstones } of complete(await router.read(backend), input.except)) {
    const share = splitOf(entry, tombstones)[slot];
    if (share > 0) throw new SlipwayError('SLOT_IN_USE', `router instance ${instance} still gives ${slot} ${formatShare(share)}`);
  }
  const fence = await takeEntry(router, input);
  const at: FencedSlot = { backend, slot, fence };
  const drained = await router.drain(at, {
    timeoutMs: release.drain.timeoutMs, signal: context.signal, onProgress: (inFlight) => context.report({ draining: slot, inFlight }),
  });
  const unread = drained.unread.filter((instance) => !input.except.includes(instance));
  if (unread.length > 0) throw new SlipwayError('ROUTER_UNREACHABLE', `router instances ${unread.join(', ')} did not say whether ${slot} is idle`);
  await removeServers(router, at, except);
  await stopSlot(router, deps.target(release.target.use), { ...at, service, environment, with: release.target.with, except }, context.signal);
  await showReadings(deps, input, answering(await router.read(backend), input.except));
  context.emit('retired', `${slot} is stopped${drained.forced ? `; ${drained.inFlight} requests were ended at the deadline` : ''}`, { slot, forced: drained.forced });
  return { inFlight: drained.inFlight, forced: drained.forced, persistence: diskOf(router, backend, input.except) };
}

/** Why an instance cannot be told. */
const GONE: readonly ErrorCode[] = ['ROUTER_UNREACHABLE', 'ROUTER_ENTRY_UNKNOWN', 'ROUTER_ENTRY_INVALID'];

/** A dropped instance cannot be told; all others have been by the time it fails. */
async function removeServers(router: Router, at: FencedSlot, except: readonly string[]): Promise<void> {
  try {
    await router.remove(at);
  } catch (error) {
    if (!GONE.includes(codeOf(error)) || except.length === 0) throw error;
    complete(await router.read(at.backend), except);
  }
}
