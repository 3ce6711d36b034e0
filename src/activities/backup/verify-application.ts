import { SlipwayError } from '../../domain/errors.js';
import type { Application, RestorePlan } from '../../domain/backup/plan.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { probeAll, type ProbedSlot } from '../deployment/slot-health.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';

const WITHIN_MS = 60_000;
const EVERY_MS = 500;

/** Asks every application that is live for its health, until all instances answered well several times in a row. @throws VERIFY_FAILED */
export async function verifyApplication(deps: BackupDeps, { plan, applications }: BackupSteps['verifyApplication'][0], context: BackupContext): Promise<BackupSteps['verifyApplication'][1]> {
  const notes: string[] = [];
  for (const application of applications) {
    const slot = await probedOf(deps, plan, application, context);
    if (slot.instances.length === 0) notes.push(`${application.service}: no instance runs that could be asked for its health`);
    else await untilHealthy(deps, application, slot, context);
  }
  if (applications.length === 0) notes.push('no application is live here that could be asked for its health');
  return { notes };
}

async function probedOf(deps: BackupDeps, { environment, service: owner, source }: RestorePlan, { service, slot, deployment, release }: Application, { signal }: BackupContext): Promise<ProbedSlot> {
  const expected = { deployment, version: release.version };
  const found = await deps.target(release.target.use).status({ service, environment, slot, with: release.target.with, expected }, signal);
  return {
    instances: found.filter(({ state }) => state !== 'stopped').map(({ id, address }) => ({ id, address })),
    health: { ...release.health, ...(service === owner ? source.restore.verify : {}) },
    values: { service, environment, deployment, slot, version: release.version },
  };
}

async function untilHealthy(deps: BackupDeps, { service }: Application, slot: ProbedSlot, { signal, report, firstScheduledAtMs }: BackupContext): Promise<void> {
  const needed = Math.max(1, ...Object.values(slot.health).map(({ healthyAfter }) => healthyAfter));
  const deadline = Math.max(firstScheduledAtMs, deps.clock.now()) + WITHIN_MS;
  for (let streak = 0; streak < needed;) {
    const answers = await probeAll(deps, slot, signal);
    const bad = answers.filter(({ ok }) => !ok);
    streak = bad.length === 0 ? streak + 1 : 0;
    const detail = bad.map(({ instance, detail: why }) => `${instance.id} at ${instance.address}: ${why}`).join('; ');
    report({ service, streak, waitingFor: detail });
    if (streak >= needed) return;
    if (deps.clock.now() >= deadline) throw new SlipwayError('VERIFY_FAILED', `${service} is not healthy with the restored data: ${detail}`);
    await deps.clock.sleep(EVERY_MS, signal);
    signal.throwIfAborted();
  }
}
