import { codeOf, type ErrorCode, SlipwayError } from '../../domain/errors.js';
import type { RetireResult, StepInput } from '../../domain/deployment/steps.js';
import { formatShare } from '../../domain/share.js';
import { otherSlot, splitOf } from '../../domain/router/entry.js';
import type { Fence } from '../../domain/router/fence.js';
import type { FencedSlot, Router } from '../../routers/router.js';
import { diskOf } from '../disk-of.js';
import { ensureServing, sayRestored } from '../serving/ensure-serving.js';
import { takeEntry } from './take-entry.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { answering, complete, showReadings } from './router-readings.js';
import { probedSlot } from './slot-health.js';
import { stopSlot } from './stop-slot.js';

/**
 * Stops a slot's instances once every router instance shows it without share and without requests, and the slot that stays as serving: a drain may
 * take minutes, and a router instance restart meanwhile.
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
  const unserved = await lackingOf(deps, router, { input, fence }, context);
  if (unserved !== null) {
    context.emit('not-retired', `${slot} was not stopped: ${unserved}`, { slot });
    return { inFlight: drained.inFlight, forced: drained.forced, unserved };
  }
  await removeServers(router, at, except);
  await stopSlot(router, deps.target(release.target.use), { ...at, service, environment, with: release.target.with, except }, context.signal);
  await showReadings(deps, input, answering(await router.read(backend), input.except));
  context.emit('retired', `${slot} is stopped${drained.forced ? `; ${drained.inFlight} requests were ended at the deadline` : ''}`, { slot, forced: drained.forced });
  return { inFlight: drained.inFlight, forced: drained.forced, unserved: null, persistence: diskOf(router, backend, input.except) };
}

interface Taken {
  readonly input: StepInput<'retire'>;
  readonly fence: Fence;
}

/** What the slot that stays lacks on a router instance, after what could be put back was. */
async function lackingOf(deps: ActivityDeps, router: Router, { input, fence }: Taken, { emit, signal }: StepContext): Promise<string | null> {
  const { backend, plan, slot, serving, except } = input;
  if (serving.length === 0) return null;
  const stays = probedSlot(input, otherSlot(slot), input.role === 'stable' ? plan.candidate : plan.stable ?? plan.candidate, serving);
  const { restored, gaps } = await ensureServing(deps, { router, backend, except, slots: [stays], fence }, signal);
  // An instance that restarted during the drain may have lost the entry too.
  await takeEntry(router, input);
  for (const each of restored) emit('router-restored', sayRestored(each));
  const local = gaps.filter((gap) => gap.local);
  return local.length === 0 ? null : local.map(({ text }) => text).join('; ');
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
