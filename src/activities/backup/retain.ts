import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupEntry } from '../../domain/backup/record.js';
import { planRetention, retainedOf } from '../../domain/backup/retention.js';
import type { BackupSteps, RetainResult } from '../../domain/backup/steps.js';
import type { Engine } from '../../engines/engine.js';
import type { BackupContext } from './backup-step.js';
import { findStrays } from './find-strays.js';
import { withLease } from './lease.js';
import { isPruneDue, repositoryAt, type RetentionDeps } from './repository-at.js';

type Input = BackupSteps['retain'][0];
type InRepository = Pick<RetainResult, 'forgotten' | 'notes' | 'skipped' | 'pruneDue'>;

const NOTHING: InRepository = { forgotten: [], notes: [], skipped: null, pruneDue: [] };

/**
 * Lets go what the rules keep no longer: out of the catalogue first, so that nobody chooses it, then out of the repository that has it, alone
 * there. That is not always the one that the source has today.
 */
export async function retain(deps: RetentionDeps, input: Input, context: BackupContext): Promise<RetainResult> {
  const { stores: { backups }, clock } = deps;
  const startedAt = clock.now();
  const done: InRepository[] = [];
  for (const repository of await repositoriesOf(deps, input)) done.push(await retainIn(deps, repository, input, context));
  const skipped = done.flatMap((each) => each.skipped ?? []);
  if (skipped.length === 0) await backups.retained(addressOf(input.plan), new Date(clock.now()).toISOString());
  return {
    forgotten: done.flatMap(({ forgotten }) => forgotten), notes: done.flatMap(({ notes }) => notes), pruneDue: done.flatMap(({ pruneDue }) => pruneDue),
    skipped: skipped.length === 0 ? null : skipped.join('; '), tookMs: clock.now() - startedAt,
  };
}

async function repositoriesOf({ stores: { backups } }: RetentionDeps, { plan }: Input): Promise<ReadonlySet<string>> {
  const rows: readonly BackupEntry[] = [...await backups.kept(addressOf(plan)), ...await backups.lettingGo(addressOf(plan))];
  return new Set([plan.source.repository, ...rows.map(({ repository }) => repository)]);
}

async function retainIn(deps: RetentionDeps, repository: string, input: Input, context: BackupContext): Promise<InRepository> {
  try {
    const engine = deps.engine(repository);
    return await withLease(deps, 'alone', engine, context, (signal) => letGo(deps, engine, input, { ...context, signal }), input);
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    if (error.code === 'REPOSITORY_UNKNOWN' && repository !== input.plan.source.repository) {
      return { ...NOTHING, notes: [`what lies in the repository ${repository} stays there: it is not declared any more`] };
    }
    if (error.code !== 'LEASE_HELD' || waitsForItself(deps, context)) throw error;
    return { ...NOTHING, skipped: error.message };
  }
}

/** The lease is that of the attempt before, whose worker died: it runs out. */
function waitsForItself({ clock, leaseTtlMs }: RetentionDeps, { attempt, firstScheduledAtMs }: BackupContext): boolean {
  return attempt > 1 && clock.now() < firstScheduledAtMs + 3 * leaseTtlMs;
}

async function letGo(deps: RetentionDeps, engine: Engine, { plan }: Input, { signal, stillOurs }: Pick<BackupContext, 'signal' | 'stillOurs'>): Promise<InRepository> {
  const { stores: { backups } } = deps;
  const address = addressOf(plan);
  const here = ({ repository }: BackupEntry): boolean => repository === engine.name;
  await engine.unlock(signal);
  // The rules are those of its plan: who stood still for long may have outdated ones.
  await stillOurs();
  await backups.letGo(await decide(deps, plan, here));
  // With those of a run that ended between the two halves.
  const going = (await backups.lettingGo(address)).filter(here);
  const snapshots = going.map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== null);
  await engine.forget([...snapshots, ...await findStrays(deps, engine, address, signal)], signal);
  const forgotten = going.map(({ id }) => id);
  await backups.forgotten(forgotten);
  return { ...NOTHING, forgotten, pruneDue: await isPruneDue(deps, repositoryAt(plan, engine)) ? [engine.name] : [] };
}

/** The rules see all of the source, wherever it lies. @returns those that may go here */
async function decide({ stores: { backups }, clock }: RetentionDeps, plan: Input['plan'], here: (entry: BackupEntry) => boolean): Promise<readonly string[]> {
  const address = addressOf(plan);
  const [kept, pins] = await Promise.all([backups.kept(address), backups.pins(address)]);
  const { forget } = planRetention({ kept: kept.map(retainedOf), pins, rules: plan.source.keep, now: new Date(clock.now()).toISOString() });
  const newest = kept.find(({ state, trigger }) => state === 'verified' && trigger !== 'safety');
  // The last guard before anything is deleted; the plan is tested for it.
  if (newest && forget.some(({ id }) => id === newest.id)) throw new SlipwayError('INTERNAL', `retention of ${pathOf(address)} would let the newest verified backup go`);
  const going = new Set(forget.map(({ id }) => id));
  return kept.filter((entry) => here(entry) && going.has(entry.id)).map(({ id }) => id);
}
