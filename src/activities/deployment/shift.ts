import type { ShiftResult, StepInput } from '../../domain/deployment/steps.js';
import { formatShare } from '../../domain/share.js';
import { isLasting } from '../../routers/is-lasting.js';
import type { Router, ShiftReport } from '../../routers/router.js';
import { diskOf } from '../disk-of.js';
import { shiftEverywhere } from '../serving/shift-everywhere.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { answering, showReadings } from './router-readings.js';
import { serveThenShift, type ServedShift, shiftThenServe } from './served-shift.js';
import { anyHealthy, probedSlot, type ProbedSlot } from './slot-health.js';

const RETRY_MS = 300;

/**
 * Writes an entry on every router instance, sees that the slot it names as stable serves on each, and tries again for as long as one that may come
 * back does not answer or does not serve. Those that answer are served at once. On the way back it changes nothing while stable has no healthy instance.
 */
export async function shift(deps: ActivityDeps, input: StepInput<'shift'>, context: StepContext): Promise<ShiftResult> {
  const router = deps.router(input.router);
  const slot = slotOf(input);
  if (input.direction === 'back' && slot && !(await stableAnswers(deps, router, { input, slot }, context))) {
    return { outcome: 'stable-down', split: null, unreached: [], restored: [], detail: 'stable has no healthy instance: traffic stays where it is' };
  }
  const deadline = deps.clock.now() + input.timeoutMs;
  const restored = new Set<string>();
  let pulled = false;
  for (;;) {
    const { result: tried, hopeless } = await tryOnce(deps, router, { input, slot }, context);
    for (const text of tried.restored) restored.add(text);
    const result = { ...tried, restored: [...restored] };
    if (result.outcome !== 'unreached' && result.outcome !== 'unserved') return finish(deps, router, input, result, context);
    if (!pulled && result.outcome === 'unreached') {
      await Promise.all(input.pull.map((generation) => router.pull(input.backend, generation)));
      pulled = true;
    }
    context.report({ waitingFor: result.unreached });
    if (hopeless || deps.clock.now() >= deadline) return finish(deps, router, input, result, context);
    await deps.clock.sleep(RETRY_MS, context.signal);
    context.signal.throwIfAborted();
  }
}

interface Asked {
  readonly input: StepInput<'shift'>;
  readonly slot: ProbedSlot | null;
}

function slotOf(input: StepInput<'shift'>): ProbedSlot | null {
  const { serving, entry, direction } = input;
  if (!serving) return null;
  const { stable, candidate } = serving.plan;
  return probedSlot(input, entry.stable, direction === 'back' ? stable ?? candidate : candidate, serving.instances);
}

/** The router's own checks and our probe are both witnesses; the first that says yes is enough, as a router instance that hangs must not hold up the others. */
async function stableAnswers(deps: ActivityDeps, router: Router, { input, slot }: Asked & { readonly slot: ProbedSlot }, { signal }: StepContext): Promise<boolean> {
  return either(
    router.read(input.backend).then((reading) => answering(reading, input.except).some((one) => one.slots[slot.slot].servers.some(({ up, inRotation }) => up && inRotation))),
    anyHealthy(deps, slot, signal),
  );
}

/** Yes as soon as one says so; no when both do. @throws what one threw, unless the other says yes */
async function either(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  const both = [one, other];
  const yes = Promise.any(both.map(async (answer) => (await answer) || Promise.reject(new Error('no'))));
  return yes.catch(async () => (await Promise.all(both)).includes(true));
}

interface Tried {
  readonly result: ShiftResult;
  /** Whether nothing that is missing could come back. */
  readonly hopeless: boolean;
}

async function tryOnce(deps: ActivityDeps, router: Router, { input, slot }: Asked, { signal }: StepContext): Promise<Tried> {
  const { backend, entry, base, except, direction } = input;
  let report: ShiftReport = { instances: [] };
  const write = async (leftOut: readonly string[]): Promise<ShiftReport> => (report = await shiftEverywhere(router, { backend, entry, base, except: leftOut }));
  const served: ServedShift = { router, backend, entry, base, except, slot, need: 'on-each', write };
  const result = direction === 'back' ? await shiftThenServe(deps, served, signal) : await serveThenShift(deps, served, signal);
  const lasting = report.instances.flatMap((one) => (!one.ok && isLasting(one) ? [one.instance] : []));
  return { result, hopeless: result.unreached.every((instance) => lasting.includes(instance)) };
}

async function finish(deps: ActivityDeps, router: Router, input: StepInput<'shift'>, result: ShiftResult, context: StepContext): Promise<ShiftResult> {
  const { entry } = input;
  for (const text of result.restored) context.emit('router-restored', text);
  const text = result.outcome === 'done' ? `${entry.stable} is stable, candidate at ${formatShare(entry.candidateShare)}` : `${result.outcome}: ${result.detail}`;
  context.emit(result.outcome === 'done' ? 'shifted' : 'shift-incomplete', text, { generation: entry.generation });
  // Not waited for: what the API shows must not hold up a rollback.
  void router.read(input.backend).then((reading) => showReadings(deps, input, answering(reading))).catch(() => undefined);
  return { ...result, persistence: diskOf(router, input.backend, input.except) };
}
