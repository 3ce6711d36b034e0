import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import { pathOf } from '../../domain/backup/names.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { planRetention, retainedOf } from '../../domain/backup/retention.js';
import type { BackupSteps, RetainResult } from '../../domain/backup/steps.js';
import type { Engine } from '../../engines/engine.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';
import { withLease } from './lease.js';

type Input = BackupSteps['retain'][0];

/** Runs that stored something nobody knows of. */
const FAILED_LATELY = 10;

/**
 * Lets go what the rules keep no longer: out of the catalogue first, so that nobody chooses it, then out of the repository. Never waits for others
 * who work on the repository: the next backup does it.
 */
export async function retain(deps: BackupDeps, input: Input, context: BackupContext): Promise<RetainResult> {
  const startedAt = deps.clock.now();
  const engine = deps.engine(input.plan.source.repository);
  try {
    const forgotten = await withLease(deps, 'alone', engine.name, context, async (signal) => letGo(deps, engine, input, signal));
    return { forgotten, skipped: null, tookMs: deps.clock.now() - startedAt };
  } catch (error) {
    if (!isSlipwayError(error) || error.code !== 'LEASE_HELD' || waitsForItself(deps, context)) throw error;
    return { forgotten: [], skipped: error.message, tookMs: deps.clock.now() - startedAt };
  }
}

/** The lease is that of the attempt before, whose worker died: it runs out. */
function waitsForItself({ clock, leaseTtlMs }: BackupDeps, { attempt, firstScheduledAtMs }: BackupContext): boolean {
  return attempt > 1 && clock.now() < firstScheduledAtMs + 3 * leaseTtlMs;
}

async function letGo(deps: BackupDeps, engine: Engine, { plan, backup }: Input, signal: AbortSignal): Promise<readonly string[]> {
  const { stores: { backups } } = deps;
  const address: SourceAddress = { service: plan.service, environment: plan.environment, source: plan.source.name };
  await engine.unlock(signal);
  const [kept, pins] = await Promise.all([backups.kept(address), backups.pins(address)]);
  const decided = planRetention({ kept: kept.map(retainedOf), pins, rules: plan.source.keep, now: new Date(deps.clock.now()).toISOString() });
  const newest = kept.find(({ state, trigger }) => state === 'verified' && trigger !== 'safety');
  // The last guard before anything is deleted; the plan is tested for it.
  if (newest && decided.forget.some(({ id }) => id === newest.id)) throw new SlipwayError('INTERNAL', `retention of ${pathOf(address)} would let the newest verified backup go`);
  await backups.letGo(decided.forget.map(({ id }) => id));
  // With those of a run that ended between the two halves.
  const going = await backups.lettingGo(address);
  const snapshots = going.map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== null);
  await engine.forget([...snapshots, ...await strays(deps, engine, address, backup, signal)], signal);
  await backups.forgotten(going.map(({ id }) => id));
  await pruneWhenDue(deps, engine, signal);
  return going.map(({ id }) => id);
}

/** Snapshots of this backup, and of those that failed lately, which the catalogue does not name. */
async function strays({ stores: { backups } }: BackupDeps, engine: Engine, address: SourceAddress, backup: string, signal: AbortSignal): Promise<readonly string[]> {
  const [own, failed] = await Promise.all([backups.get(backup), backups.list({ ...address, state: 'failed' }, { limit: FAILED_LATELY })]);
  const runs: readonly BackupRecord[] = [...(own ? [own] : []), ...failed.items.filter(({ snapshot }) => snapshot === null)];
  const found: string[] = [];
  for (const { id, snapshot: named } of runs) found.push(...(await engine.find(id, signal)).map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== named));
  return found;
}

async function pruneWhenDue({ stores: { repositories }, pruneEveryMs, clock }: BackupDeps, engine: Engine, signal: AbortSignal): Promise<void> {
  const last = await repositories.prunedAt(engine.name);
  if (last !== null && clock.now() - Date.parse(last) < pruneEveryMs(engine.name)) return;
  await engine.prune(signal);
  await repositories.pruned(engine.name, new Date(clock.now()).toISOString());
}
