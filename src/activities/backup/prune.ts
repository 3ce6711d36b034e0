import type { BackupSteps } from '../../domain/backup/steps.js';
import type { BackupContext } from './backup-step.js';
import { withLease } from './lease.js';
import { isPruneDue, repositoryAt, type RetentionDeps } from './repository-at.js';

/** For those who work on the repository to end. */
const WAIT_MS = 10 * 60_000;

/** Gives back the bytes that nobody needs, alone on the repository. Unless it must be now, only when it is due: another source's retention may have done it. */
export async function prune(deps: RetentionDeps, { plan, repository: name, when }: BackupSteps['prune'][0], context: BackupContext): Promise<BackupSteps['prune'][1]> {
  const { stores: { repositories }, clock } = deps;
  const engine = deps.engine(name);
  const repository = repositoryAt(plan, engine);
  return withLease(deps, 'alone', engine, context, async (signal) => {
    const startedAt = clock.now();
    // A second attempt is of a prune that had begun.
    if (when === 'due' && context.attempt === 1 && !(await isPruneDue(deps, repository))) return { pruned: false, tookMs: 0 };
    await repositories.triedToPrune(repository, new Date(startedAt).toISOString());
    await engine.unlock(signal);
    await engine.prune(signal);
    await repositories.pruned(repository, new Date(clock.now()).toISOString());
    return { pruned: true, tookMs: clock.now() - startedAt };
  }, { waitMs: WAIT_MS });
}
