import type { AttendResult, ShiftResult, StepInput } from '../../domain/deployment/steps.js';
import type { Slot } from '../../domain/router/entry.js';
import type { InstanceReading, Router } from '../../routers/router.js';
import { diskOf } from '../disk-of.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { answering, serversOf, showReadings, unreachable } from './router-readings.js';
import { resultOf } from './shift.js';
import { anyHealthy, probedSlot } from './slot-health.js';

/** One look of `needs-attention`: reads routers and instances, and where that is called for tries once more to leave everything on one slot. */
export async function attend(deps: ActivityDeps, input: StepInput<'attend'>, context: StepContext): Promise<AttendResult> {
  const router = deps.router(input.router);
  const reading = await router.read(input.backend);
  const readings = answering(reading, input.except);
  const healthy = await healthOf(deps, input, readings, context);
  const away = unreachable(reading, input.except).map(({ instance }) => instance);
  // A person's word replaces whatever was read, so nobody may have begun anew before the reading.
  if (input.mode === 'force') await context.stillOurs();
  const shifted = await tryShift(router, input, readings, healthy);
  await showReadings(deps, input, readings);
  const read = { atMs: deps.clock.now(), healthy, unreachable: away, instances: reading.instances.map(({ instance }) => instance) };
  return { read, shifted, persistence: diskOf(router, input.backend, input.except) };
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

async function tryShift(
  router: Router, input: StepInput<'attend'>, readings: readonly InstanceReading[], healthy: Readonly<Record<Slot, boolean>>,
): Promise<ShiftResult> {
  const { backend, entry, base, except, mode } = input;
  if (mode === 'read') return { outcome: 'unreached', split: null, unreached: [], detail: '' };
  if (mode === 'try' && !healthy[entry.stable]) {
    return { outcome: 'stable-down', split: null, unreached: [], detail: `${entry.stable}, the stable slot, does not answer: traffic stays where it is` };
  }
  if (mode !== 'force') return resultOf(await router.shift({ backend, entry, base, except }), input);
  return force(router, input, readings);
}

/** A person decided: each instance is compared with what it said just now, so another writer's entry gives way, but only that one. */
async function force(router: Router, input: StepInput<'attend'>, readings: readonly InstanceReading[]): Promise<ShiftResult> {
  const { backend, entry, except } = input;
  const others = (instance: string): string[] => [...except, ...readings.map((each) => each.instance).filter((each) => each !== instance)];
  const reports = await Promise.all(readings.map((reading) => router.shift({ backend, entry, base: reading.entry.generation, except: others(reading.instance), despitePull: true })));
  const outcomes = reports.flatMap(({ instances }) => instances);
  const missing = readings.length === 0;
  return missing ? { outcome: 'unreached', split: null, unreached: [], detail: 'no router instance answers' } : resultOf({ instances: outcomes }, input);
}
