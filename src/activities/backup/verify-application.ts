import { SlipwayError } from '../../domain/errors.js';
import type { Application, RestorePlan } from '../../domain/backup/plan.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { TargetInstance } from '../../targets/target.js';
import { probeAll, type ProbedSlot } from '../deployment/slot-health.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';

type Reached = Pick<BackupDeps, 'target' | 'prober' | 'clock'>;
type Context = Pick<BackupContext, 'signal' | 'report' | 'firstScheduledAtMs'>;

interface Asking extends Omit<Context, 'report'> {
  readonly see: (service: string, what: object) => void;
}

/** An application that was live before gets well again in less, if it does; the step itself may take a little longer. */
const LONGEST_MS = 60_000;
const EVERY_MS = 500;

/**
 * Asks the applications that are live for their health, side by side as each may take as long as the step has; until all instances run and
 * answered well several times in a row. The first that does not get well ends it for all.
 *
 * @throws VERIFY_FAILED
 */
export async function verifyApplication(deps: Reached, { plan, applications }: BackupSteps['verifyApplication'][0], context: Context): Promise<BackupSteps['verifyApplication'][1]> {
  if (applications.length === 0) return { notes: ['no application is live here that could be asked for its health'] };
  const [failed, seen] = [new AbortController(), new Map<string, object>()];
  const asking: Asking = {
    ...context, signal: AbortSignal.any([context.signal, failed.signal]),
    see: (service, what) => context.report(Object.fromEntries(seen.set(service, what))),
  };
  const notes = await Promise.all(applications.map(async (application) => {
    try {
      return (await becameHealthy(deps, plan, application, asking)) ? [] : [`${application.service}: it has no instances that could be asked for their health`];
    } catch (error) {
      failed.abort(error);
      return [];
    }
  }));
  context.signal.throwIfAborted();
  failed.signal.throwIfAborted();
  return { notes: notes.flat() };
}

/** @returns false where the target knows of no instance: then there is nothing to ask. @throws VERIFY_FAILED */
async function becameHealthy(deps: Reached, plan: RestorePlan, application: Application, asking: Asking): Promise<boolean> {
  const { service, release } = application;
  const { signal, see, firstScheduledAtMs } = asking;
  const needed = Math.max(1, ...Object.values(healthOf(plan, application)).map(({ healthyAfter }) => healthyAfter));
  const deadline = Math.max(firstScheduledAtMs, deps.clock.now()) + Math.min(release.launch.timeoutMs, LONGEST_MS);
  for (let streak = 0; ;) {
    const bad = await unwell(deps, plan, application, signal);
    if (bad === null) return false;
    streak = bad.length === 0 ? streak + 1 : 0;
    see(service, { streak, waitingFor: bad.join('; ') });
    if (streak >= needed) return true;
    if (deps.clock.now() >= deadline) throw new SlipwayError('VERIFY_FAILED', `${service} is not healthy with the restored data: ${bad.join('; ')}`);
    await deps.clock.sleep(EVERY_MS, signal);
    signal.throwIfAborted();
  }
}

/** What is wrong at present, instance by instance; null where there is none. The target is asked each time: one that was started again may be elsewhere. */
async function unwell(deps: Reached, plan: RestorePlan, application: Application, signal: AbortSignal): Promise<readonly string[] | null> {
  const { service, slot, deployment, release } = application;
  const { environment } = plan;
  const found = await deps.target(release.target.use).status({ service, environment, slot, with: release.target.with, expected: { deployment, version: release.version } }, signal);
  if (found.length === 0) return null;
  const probed: ProbedSlot = {
    slot, instances: found.filter(({ state }) => state !== 'stopped').map(({ id, address }) => ({ id, address })), health: healthOf(plan, application),
    values: { service, environment, deployment, slot, version: release.version },
  };
  const answers = await probeAll(deps, probed, signal);
  const ofAll = answers.filter(({ ok }) => !ok).map(({ instance, detail }) => `${instance.id} at ${instance.address}: ${detail}`);
  return [...ofAll, ...deadOf(application, found)];
}

/** It was live before, so one that has stopped since is missed, unless another one took its place. */
function deadOf({ deployment, release }: Application, found: readonly TargetInstance[]): readonly string[] {
  const stopped = found.filter((each) => each.state === 'stopped' && each.deployment === deployment);
  const missing = release.target.instances - found.filter(({ state }) => state !== 'stopped').length;
  return missing > 0 ? stopped.map(({ id, address }) => `${id} at ${address}: it has stopped`) : [];
}

/** The source's own checks are about its owner. */
function healthOf({ service: owner, source }: RestorePlan, { service, release }: Application): ProbedSlot['health'] {
  return { ...release.health, ...(service === owner ? source.restore.verify : {}) };
}
