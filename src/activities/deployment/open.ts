import { SlipwayError } from '../../domain/errors.js';
import type { Instance, OpenInput, OpenResult, StepInput } from '../../domain/deployment/steps.js';
import { type Generation, otherSlot, type RouterEntry, type Slot, UNMANAGED } from '../../domain/router/entry.js';
import { repairOf, type Repair } from '../../domain/router/repair.js';
import type { InstanceReading, Router } from '../../routers/router.js';
import { ensureServing, sayRestored } from '../serving/ensure-serving.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { complete, serversOf, showReadings } from './router-readings.js';
import { anyHealthy, probedSlot, type ProbedSlot } from './slot-health.js';

/**
 * Reads every router instance, puts right what an earlier run left behind and what a restart lost, entry and servers of stable, and clears the slot
 * the candidate will get. Idempotent.
 *
 * @throws ROUTER_UNREACHABLE, NOT_ADOPTED, ROUTER_CONFLICT, ROUTER_SLOT_EMPTY, SLOT_IN_USE
 */
export async function open(deps: ActivityDeps, input: StepInput<'open'>, context: StepContext): Promise<OpenResult> {
  const router = deps.router(input.router);
  const readings = complete(await router.read(input.backend));
  const repair = repairOf(readings.map((reading) => reading.entry), await healthOf(deps, input, readings, context));
  const entry = repair ? await mend(router, input, readings, repair) : firstOf(readings).entry;
  if (repair) context.emit('repaired', repair.text);
  const { plan } = input;
  if (entry.deployment === UNMANAGED && plan.stable) {
    throw new SlipwayError('NOT_ADOPTED', `router ${input.router} has no stable slot for ${input.backend}, although ${plan.stable.version} is recorded as live`);
  }
  const stable = await stableInstances(deps, input, entry, readings, context);
  const restored = plan.stable ? await fillStable(deps, router, { input, entry, stable: probedSlot(input, entry.stable, plan.stable, stable) }, context) : [];
  const candidate = otherSlot(entry.stable);
  await clear(deps, router, input, candidate, context);
  await showReadings(deps, input, complete(await router.read(input.backend)));
  const repaired = [...(repair ? [repair.text] : []), ...restored];
  return { entry, candidate, repaired: repaired.length > 0 ? repaired.join('; ') : null, stableInstances: stable, maintenance: router.maintenance };
}

interface Opened {
  readonly input: OpenInput;
  readonly entry: RouterEntry;
  readonly stable: ProbedSlot;
}

/**
 * Puts back what router instances lost of stable. One that cannot have it although another has, or although stable answers, is no place for a
 * deployment; a stable that serves nowhere is: the one that comes may mend it. @returns what was put back, for people
 */
async function fillStable(deps: ActivityDeps, router: Router, { input, entry, stable }: Opened, { emit, signal }: StepContext): Promise<readonly string[]> {
  const mayChange = (generation: Generation): boolean => generation === entry.generation;
  const { restored, gaps } = await ensureServing(deps, { router, backend: input.backend, except: [], slots: [stable], mayChange }, signal);
  const said = restored.map(sayRestored);
  for (const text of said) emit('router-restored', text);
  const local = gaps.filter((gap) => gap.local);
  if (local.length > 0) throw new SlipwayError('ROUTER_SLOT_EMPTY', local.map(({ text }) => text).join('; '));
  return said;
}

async function healthOf(deps: ActivityDeps, input: OpenInput, readings: readonly InstanceReading[], { signal }: StepContext): Promise<Record<Slot, boolean>> {
  const release = input.plan.stable ?? input.plan.candidate;
  const probe = (slot: Slot): Promise<boolean> => anyHealthy(deps, probedSlot(input, slot, release, serversOf(readings, slot)), signal);
  const [blue, green] = await Promise.all([probe('blue'), probe('green')]);
  return { blue, green };
}

/** Instances may differ, so each is compared with what it said itself. */
async function mend(router: Router, input: OpenInput, readings: readonly InstanceReading[], repair: Repair): Promise<RouterEntry> {
  const { stable, deployment } = repair;
  const entry: RouterEntry = { stable, deployment, phase: 'settled', generation: input.repairGeneration, candidateShare: 0, baselineShare: 0 };
  for (const reading of readings) {
    const except = readings.map(({ instance }) => instance).filter((instance) => instance !== reading.instance);
    const report = await router.shift({ backend: input.backend, entry, base: reading.entry.generation, except, clearOthers: true });
    const bad = report.instances.find((each) => !each.ok || each.outcome === 'conflict' || each.outcome === 'pulled');
    if (bad) throw new SlipwayError(bad.ok ? 'ROUTER_CONFLICT' : 'ROUTER_UNREACHABLE', `router instance ${bad.instance} could not be put right: ${'detail' in bad ? bad.detail : ''}`);
  }
  return entry;
}

/** What an earlier run may have left in the slot is drained and stopped: nobody launches into a slot with share or requests. */
async function clear(deps: ActivityDeps, router: Router, input: OpenInput, slot: Slot, { signal }: StepContext): Promise<void> {
  const { plan } = input;
  const drained = await router.drain(input.backend, slot, { timeoutMs: plan.candidate.drain.timeoutMs, signal });
  if (drained.unread.length > 0) throw new SlipwayError('ROUTER_UNREACHABLE', `router instances ${drained.unread.join(', ')} did not say whether ${slot} is idle`);
  await router.remove(input.backend, slot);
  const { use, with: settings } = plan.candidate.target;
  await deps.target(use).retire({ service: input.service, environment: input.environment, slot, with: settings }, signal);
}

async function stableInstances(
  deps: ActivityDeps, input: OpenInput, { stable, deployment }: RouterEntry, readings: readonly InstanceReading[], { signal }: StepContext,
): Promise<readonly Instance[]> {
  if (deployment === UNMANAGED || !input.plan.stable) return serversOf(readings, stable);
  const { version, target: { use, with: settings } } = input.plan.stable;
  const ref = { service: input.service, environment: input.environment, slot: stable, with: settings, expected: { deployment, version } };
  try {
    const found = await deps.target(use).status(ref, signal);
    const running = found.filter(({ state }) => state === 'running').map(({ id, address }) => ({ id, address }));
    return running.length > 0 ? running : serversOf(readings, stable);
  } catch (error) {
    deps.logger.warn({ error }, 'the target does not say what runs in the stable slot; the router does');
    return serversOf(readings, stable);
  }
}

function firstOf(readings: readonly InstanceReading[]): InstanceReading {
  const [first] = readings;
  if (!first) throw new SlipwayError('ROUTER_UNREACHABLE', 'the router has no instances');
  return first;
}
