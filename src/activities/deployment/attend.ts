import type { AttendResult, ShiftResult, StepInput } from '../../domain/deployment/steps.js';
import type { Slot } from '../../domain/router/entry.js';
import type { InstanceReading, Router, RouterReading, ShiftReport } from '../../routers/router.js';
import { shiftEverywhere } from '../serving/shift-everywhere.js';
import { diskOf } from '../disk-of.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { answering, serversOf, showReadings, unreachable } from './router-readings.js';
import { serveThenShift, type ServedShift, shiftThenServe } from './served-shift.js';
import { anyHealthy, probedSlot, type ProbedSlot } from './slot-health.js';

/** One look of `needs-attention`: reads routers and instances, and where that is called for tries once more to leave everything on one slot. */
export async function attend(deps: ActivityDeps, input: StepInput<'attend'>, context: StepContext): Promise<AttendResult> {
  const router = deps.router(input.router);
  const reading = await router.read(input.backend);
  const readings = answering(reading, input.except);
  const healthy = await healthOf(deps, input, readings, context);
  const away = unreachable(reading, input.except).map(({ instance }) => instance);
  // A person's word replaces whatever was read, so nobody may have begun anew before the reading.
  if (input.mode === 'force') await context.stillOurs();
  const shifted = await tryShift(deps, input, { router, reading, healthy }, context);
  for (const text of shifted.restored) context.emit('router-restored', text);
  await showReadings(deps, input, readings);
  const unserved = shifted.outcome === 'unserved' ? shifted.unreached : [];
  const read = { atMs: deps.clock.now(), healthy, unreachable: away, unserved, instances: reading.instances.map(({ instance }) => instance) };
  return { read, shifted, persistence: diskOf(router, input.backend, input.except) };
}

interface Look {
  readonly router: Router;
  readonly reading: RouterReading;
  readonly healthy: Readonly<Record<Slot, boolean>>;
}

async function healthOf(
  deps: ActivityDeps, input: StepInput<'attend'>, readings: readonly InstanceReading[], { signal }: StepContext,
): Promise<Record<Slot, boolean>> {
  const { plan } = input;
  const probe = async (slot: Slot): Promise<boolean> => {
    const stable = slot === input.stableSlot;
    const known = stable ? input.stableInstances : input.candidateInstances;
    const release = stable ? plan.stable ?? plan.candidate : plan.candidate;
    return anyHealthy(deps, probedSlot(input, slot, release, known.length > 0 ? known : serversOf(readings, slot)), signal);
  };
  const [blue, green] = await Promise.all([probe('blue'), probe('green')]);
  return { blue, green };
}

async function tryShift(deps: ActivityDeps, input: StepInput<'attend'>, { router, reading, healthy }: Look, { signal }: StepContext): Promise<ShiftResult> {
  const { backend, entry, base, except, mode } = input;
  const unchanged = { split: null, unreached: [], restored: [] };
  if (mode === 'read') return { ...unchanged, outcome: 'unreached', detail: '' };
  if (mode === 'try' && !healthy[entry.stable]) {
    return { ...unchanged, outcome: 'stable-down', detail: `${entry.stable}, the stable slot, does not answer: traffic stays where it is` };
  }
  const slot = servingSlot(input, answering(reading, except));
  const write = (leftOut: readonly string[]): Promise<ShiftReport> => shiftEverywhere(router, { backend, entry, base, except: leftOut });
  const served: ServedShift = { router, backend, entry, base, except, slot, need: 'on-each', write };
  switch (mode) {
    case 'try': return shiftThenServe(deps, served, signal);
    case 'write': return serveThenShift(deps, served, signal);
    case 'force': return shiftThenServe(deps, { ...served, need: 'where-it-can', write: () => force(router, input, reading) }, signal);
  }
}

/** What is to serve once the entry stands; null: a first release is given up, and nothing is. */
function servingSlot(input: StepInput<'attend'>, readings: readonly InstanceReading[]): ProbedSlot | null {
  const { entry, plan, stableSlot, stableInstances, candidateInstances } = input;
  const slot = entry.stable;
  if (slot !== stableSlot) return probedSlot(input, slot, plan.candidate, candidateInstances);
  return plan.stable ? probedSlot(input, slot, plan.stable, stableInstances.length > 0 ? stableInstances : serversOf(readings, slot)) : null;
}

/** A person decided: each instance is compared with what it said just now, so another writer's entry gives way, but only that one. */
async function force(router: Router, { backend, entry, except }: StepInput<'attend'>, reading: RouterReading): Promise<ShiftReport> {
  const reports = await Promise.all(answering(reading, except).map((one) => (
    router.shift({ backend, entry, base: one.entry.generation, only: [one.instance], despitePull: true })
  )));
  return { instances: [...reports.flatMap(({ instances }) => instances), ...unreachable(reading, except)] };
}
