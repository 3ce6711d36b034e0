import { SlipwayError } from '../../domain/errors.js';
import type { Instance, OpenInput, OpenResult, StepInput } from '../../domain/deployment/steps.js';
import { otherSlot, type RouterEntry, type Slot, UNMANAGED } from '../../domain/router/entry.js';
import { repairOf, type Repair } from '../../domain/router/repair.js';
import type { FencedSlot, InstanceReading, Router } from '../../routers/router.js';
import { diskOf, persistenceOf } from '../disk-of.js';
import { ensureServing, sayRestored } from '../serving/ensure-serving.js';
import { takeEntry } from './take-entry.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { complete, serversOf, showReadings } from './router-readings.js';
import { anyHealthy, probedSlot, type ProbedSlot } from './slot-health.js';
import { stopSlot } from './stop-slot.js';

/**
 * Reads every router instance, writes the deployment's first generation with what it puts right of an earlier run, puts back what a restart lost of
 * stable's servers, and clears the slot the candidate will get. Idempotent.
 *
 * @throws ROUTER_NOT_PERSISTED before it changes anything, ROUTER_UNREACHABLE, ROUTER_ENTRY_UNKNOWN, ROUTER_ENTRY_INVALID, NOT_ADOPTED, ROUTER_SLOT_EMPTY,
 *   SUPERSEDED, SLOT_IN_USE
 */
export async function open(deps: ActivityDeps, input: StepInput<'open'>, context: StepContext): Promise<OpenResult> {
  const router = deps.router(input.router);
  const readings = complete(await router.read(input.backend));
  await refuseUnpersisted(deps, router, input, readings);
  const repair = repairOf(readings.map((reading) => reading.entry), await healthOf(deps, input, readings, context));
  const entry = openedEntry(input, firstOf(readings), repair);
  const { plan } = input;
  if (entry.deployment === UNMANAGED && plan.stable) {
    throw new SlipwayError('NOT_ADOPTED', `router ${input.router} has no stable slot for ${input.backend}, although ${plan.stable.version} is recorded as live`);
  }
  // The server says so after the reading: until then no later run had begun, so what was read is what this deployment found.
  await context.stillOurs();
  await takeEach(router, input.backend, entry, readings);
  if (repair) context.emit('repaired', repair.text);
  const stable = await stableInstances(deps, input, entry, readings, context);
  const restored = plan.stable ? await fillStable(deps, router, { input, entry, stable: probedSlot(input, entry.stable, plan.stable, stable) }, context) : [];
  const candidate = otherSlot(entry.stable);
  await clear(deps, router, input, { slot: candidate, fence: { generation: entry.generation, base: entry.generation } }, context);
  await showReadings(deps, input, complete(await router.read(input.backend)));
  const counters = entry.deployment === UNMANAGED ? undefined : { at: deps.clock.now(), marks: (await router.observe(input.backend)).marks };
  const repaired = [...(repair ? [repair.text] : []), ...restored];
  return {
    entry, candidate, ...(counters && { counters }), repaired: repaired.length > 0 ? repaired.join('; ') : null, persistence: diskOf(router, input.backend),
    stableInstances: stable, maintenance: router.maintenance,
  };
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
  const fence = { generation: entry.generation, base: entry.generation };
  const { restored, gaps } = await ensureServing(deps, { router, backend: input.backend, except: [], slots: [stable], fence }, signal);
  const said = restored.map(sayRestored);
  for (const text of said) emit('router-restored', text);
  const local = gaps.filter((gap) => gap.local);
  if (local.length > 0) throw new SlipwayError('ROUTER_SLOT_EMPTY', local.map(({ text }) => text).join('; '));
  return said;
}

/** Found out by writing, and by what each instance says of another host. */
async function refuseUnpersisted(deps: ActivityDeps, router: Router, input: OpenInput, readings: readonly InstanceReading[]): Promise<void> {
  const report = await router.persist(input.backend);
  const away = report.instances.find((one) => !one.ok);
  if (away && !away.ok) throw new SlipwayError(away.code, `router instance ${away.instance}: ${away.detail}`);
  const persistence = persistenceOf(report.instances.filter((one) => one.ok));
  if (persistence.persisted === 'yes' || router.persistPolicy !== 'required') return;
  // For the next dry run.
  await showReadings(deps, input, readings);
  throw new SlipwayError('ROUTER_NOT_PERSISTED', `A restart of router ${input.router} would lose what is to be deployed, so nothing was begun: ${persistence.detail}`);
}

async function healthOf(deps: ActivityDeps, input: OpenInput, readings: readonly InstanceReading[], { signal }: StepContext): Promise<Record<Slot, boolean>> {
  const release = input.plan.stable ?? input.plan.candidate;
  const probe = (slot: Slot): Promise<boolean> => anyHealthy(deps, probedSlot(input, slot, release, serversOf(readings, slot)), signal);
  const [blue, green] = await Promise.all([probe('blue'), probe('green')]);
  return { blue, green };
}

function openedEntry({ repairGeneration }: OpenInput, { entry }: InstanceReading, repair: Repair | undefined): RouterEntry {
  const { stable, deployment } = repair ?? entry;
  return { stable, deployment, phase: 'settled', generation: repairGeneration, candidateShare: 0, baselineShare: 0 };
}

/** Instances may differ, so each is compared with what it said itself. */
async function takeEach(router: Router, backend: string, entry: RouterEntry, readings: readonly InstanceReading[]): Promise<void> {
  const others = (instance: string): string[] => readings.map((each) => each.instance).filter((each) => each !== instance);
  await Promise.all(readings.map(({ instance, entry: { generation: base } }) => takeEntry(router, { backend, entry, base, except: others(instance) })));
}

/** What an earlier run may have left in the slot is drained and stopped: nobody launches into a slot with share or requests. */
async function clear(
  deps: ActivityDeps, router: Router, { backend, service, environment, plan }: OpenInput, { slot, fence }: Pick<FencedSlot, 'slot' | 'fence'>, { signal }: StepContext,
): Promise<void> {
  const at: FencedSlot = { backend, slot, fence };
  const drained = await router.drain(at, { timeoutMs: plan.candidate.drain.timeoutMs, signal });
  if (drained.unread.length > 0) throw new SlipwayError('ROUTER_UNREACHABLE', `router instances ${drained.unread.join(', ')} did not say whether ${slot} is idle`);
  await router.remove(at);
  const { use, with: settings } = plan.candidate.target;
  await stopSlot(router, deps.target(use), { ...at, service, environment, with: settings, except: [] }, signal);
}

async function stableInstances(
  deps: ActivityDeps, input: OpenInput, { stable, deployment }: RouterEntry, readings: readonly InstanceReading[], { signal }: StepContext,
): Promise<readonly Instance[]> {
  if (deployment === UNMANAGED || !input.plan.stable) return serversOf(readings, stable);
  const { version, target: { use, with: settings } } = input.plan.stable;
  const ref = { service: input.service, environment: input.environment, slot: stable, with: settings, expected: { deployment, version } };
  try {
    const found = await deps.target(use).status(ref, signal);
    // What another deployment left in the slot is not stable's, and is put nowhere.
    const running = found.filter((each) => each.state === 'running' && each.deployment === deployment).map(({ id, address }) => ({ id, address }));
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
