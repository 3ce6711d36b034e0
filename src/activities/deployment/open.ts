import { SlipwayError } from '../../domain/errors.js';
import type { Instance, OpenInput, OpenResult, StepInput } from '../../domain/deployment/steps.js';
import { otherSlot, type RouterEntry, type Slot, UNMANAGED } from '../../domain/router/entry.js';
import { repairOf, type Repair } from '../../domain/router/repair.js';
import type { InstanceReading, Router } from '../../routers/router.js';
import { diskOf, persistenceOf } from '../disk-of.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { complete, serversOf, showReadings } from './router-readings.js';
import { anyHealthy, probedSlot } from './slot-health.js';

/**
 * Reads every router instance, puts right what an earlier run left behind, and clears the slot the candidate will get. Idempotent.
 *
 * @throws ROUTER_NOT_PERSISTED before it changes anything, ROUTER_UNREACHABLE, ROUTER_ENTRY_UNKNOWN, ROUTER_ENTRY_INVALID, NOT_ADOPTED, ROUTER_CONFLICT,
 *   SLOT_IN_USE
 */
export async function open(deps: ActivityDeps, input: StepInput<'open'>, context: StepContext): Promise<OpenResult> {
  const router = deps.router(input.router);
  const readings = complete(await router.read(input.backend));
  await refuseUnpersisted(deps, router, input, readings);
  const repair = repairOf(readings.map((reading) => reading.entry), await healthOf(deps, input, readings, context));
  const entry = repair ? await mend(router, input, readings, repair) : firstOf(readings).entry;
  if (repair) context.emit('repaired', repair.text);
  const { plan } = input;
  if (entry.deployment === UNMANAGED && plan.stable) {
    throw new SlipwayError('NOT_ADOPTED', `router ${input.router} has no stable slot for ${input.backend}, although ${plan.stable.version} is recorded as live`);
  }
  const candidate = otherSlot(entry.stable);
  await clear(deps, router, input, candidate, context);
  await showReadings(deps, input, complete(await router.read(input.backend)));
  const counters = entry.deployment === UNMANAGED ? undefined : { at: deps.clock.now(), marks: (await router.observe(input.backend)).marks };
  return {
    entry, candidate, ...(counters && { counters }), repaired: repair?.text ?? null, persistence: diskOf(router, input.backend),
    stableInstances: await stableInstances(deps, input, entry, readings, context),
  };
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

/** Instances may differ, so each is compared with what it said itself. */
async function mend(router: Router, input: OpenInput, readings: readonly InstanceReading[], repair: Repair): Promise<RouterEntry> {
  const { stable, deployment } = repair;
  const entry: RouterEntry = { stable, deployment, phase: 'settled', generation: input.repairGeneration, candidateShare: 0, baselineShare: 0 };
  for (const reading of readings) {
    const except = readings.map(({ instance }) => instance).filter((instance) => instance !== reading.instance);
    const report = await router.shift({ backend: input.backend, entry, base: reading.entry.generation, except, clearOthers: true });
    const bad = report.instances.find((each) => !each.ok || each.outcome === 'conflict' || each.outcome === 'pulled');
    if (bad) throw new SlipwayError(bad.ok ? 'ROUTER_CONFLICT' : bad.code, `router instance ${bad.instance} could not be put right: ${'detail' in bad ? bad.detail : ''}`);
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
