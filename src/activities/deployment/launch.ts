import { codeOf, SlipwayError } from '../../domain/errors.js';
import type { Instance, OfDisk, StepInput } from '../../domain/deployment/steps.js';
import type { Target, TargetInstance } from '../../targets/target.js';
import { diskOf } from '../disk-of.js';
import { takeEntry } from './take-entry.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { refuseLate } from './refuse-late.js';
import { answering } from './router-readings.js';
import { probeAll, probedSlot, type InstanceHealth } from './slot-health.js';
import { stopOrphans } from './stop-orphans.js';

/** How often the target is asked whether an instance has ended. */
const STATUS_EVERY_MS = 2_000;
const POLL_MS = 50;

/**
 * Starts the candidate, waits until each instance answered all its checks `healthyAfter` times in a row, and only then takes it into rotation.
 *
 * @throws LAUNCH_FAILED, NEVER_HEALTHY, ROUTER_SLOT_FULL, SUPERSEDED
 */
export async function launch(
  deps: ActivityDeps, input: StepInput<'launch'>, context: StepContext,
): Promise<{ instances: readonly Instance[]; tookMs: number } & OfDisk> {
  const startedAt = deps.clock.now();
  const { plan, slot, deployment, service, environment } = input;
  const { candidate } = plan;
  const router = deps.router(input.router);
  const target = deps.target(candidate.target.use);
  const { backend, entry, base } = input;
  const fence = await takeEntry(router, { backend, entry, base, except: [] });
  await refuseLate(router, { backend, fence, except: [] });
  const launched = await target.launch({
    deployment, service, environment, slot, version: candidate.version, instances: candidate.target.instances, with: candidate.target.with,
  }, context.signal);
  const instances = ours(launched, deployment);
  if (instances.length === 0) throw new SlipwayError('LAUNCH_FAILED', `target ${target.name} launched no instance`);
  await router.register({ backend, slot, fence }, instances).catch(async (error: unknown) => {
    if (codeOf(error) === 'SUPERSEDED') await stopOrphans(router, target, input, context.signal);
    throw error;
  });
  await untilHealthy(deps, input, target, instances, context);
  await router.ready({ backend, slot, fence }, instances);
  await untilUp(deps, input, instances.length, context);
  const tookMs = deps.clock.now() - startedAt;
  context.emit('launched', `${instances.length} instances of ${candidate.version} healthy in ${slot} after ${tookMs} ms`, { slot, instances: instances.length, tookMs });
  return { instances, tookMs, persistence: diskOf(router, input.backend) };
}

function ours(launched: readonly TargetInstance[], deployment: string): readonly Instance[] {
  return launched.filter((instance) => instance.deployment === deployment && instance.state !== 'stopped').map(({ id, address }) => ({ id, address }));
}

async function untilHealthy(
  deps: ActivityDeps, input: StepInput<'launch'>, target: Target, instances: readonly Instance[], context: StepContext,
): Promise<void> {
  const { candidate } = input.plan;
  const { health, launch: { timeoutMs } } = candidate;
  const slot = probedSlot(input, input.slot, candidate, instances);
  const deadline = context.firstScheduledAtMs + timeoutMs;
  const needed = Math.max(1, ...Object.values(health).map(({ healthyAfter }) => healthyAfter));
  const everyMs = Math.min(1_000, ...Object.values(health).map((check) => check.everyMs));
  let streaks: Readonly<Record<string, number>> = {};
  let statusAt = deps.clock.now();
  for (;;) {
    const answers = await probeAll(deps, slot, context.signal);
    streaks = Object.fromEntries(answers.map(({ instance, ok }) => [instance.id, ok ? (streaks[instance.id] ?? 0) + 1 : 0]));
    context.report({ waitingFor: answers.filter(({ ok }) => !ok).map(describe), streaks });
    if (instances.every(({ id }) => (streaks[id] ?? 0) >= needed)) return;
    if (deps.clock.now() >= deadline) throw new SlipwayError('NEVER_HEALTHY', `not healthy within the launch timeout: ${answers.filter(({ ok }) => !ok).map(describe).join('; ')}`);
    if (deps.clock.now() - statusAt >= STATUS_EVERY_MS) {
      await refuseStopped(target, input, context);
      statusAt = deps.clock.now();
    }
    await deps.clock.sleep(everyMs, context.signal);
    context.signal.throwIfAborted();
  }
}

/** An instance that has ended will never be healthy: there is nothing to wait for. */
async function refuseStopped(target: Target, input: StepInput<'launch'>, context: StepContext): Promise<void> {
  const { service, environment, slot, plan, deployment } = input;
  const expected = { deployment, version: plan.candidate.version };
  const found = await target.status({ service, environment, slot, with: plan.candidate.target.with, expected }, context.signal);
  const stopped = found.filter((instance) => instance.deployment === deployment && instance.state === 'stopped');
  if (stopped.length > 0) throw new SlipwayError('LAUNCH_FAILED', `ended right after its start: ${stopped.map(({ id }) => id).join(', ')}`);
}

/** The router checks for itself; until it agrees the slot would not get what it is given. */
async function untilUp(deps: ActivityDeps, input: StepInput<'launch'>, wanted: number, context: StepContext): Promise<void> {
  const deadline = context.firstScheduledAtMs + input.plan.candidate.launch.timeoutMs;
  for (;;) {
    const readings = answering(await deps.router(input.router).read(input.backend));
    const ups = readings.map((reading) => reading.slots[input.slot].servers.filter(({ up, inRotation }) => up && inRotation).length);
    if (ups.length > 0 && ups.every((up) => up >= wanted)) return;
    if (deps.clock.now() >= deadline) throw new SlipwayError('NEVER_HEALTHY', `the router sees ${ups.join(', ')} of ${wanted} instances up; its own check may ask for another path`);
    await deps.clock.sleep(POLL_MS, context.signal);
    context.signal.throwIfAborted();
  }
}

function describe({ instance, detail }: InstanceHealth): string {
  return `${instance.id} at ${instance.address}: ${detail}`;
}
