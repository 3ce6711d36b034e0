import type { BackupPlan } from '../../domain/backup/plan.js';
import type { Engine } from '../../engines/engine.js';
import type { RepositoryAt } from '../../store/backup-stores.js';
import type { BackupDeps } from './deps.js';

/** What letting go and giving bytes back reach. */
export type RetentionDeps = Pick<BackupDeps, 'stores' | 'engine' | 'pruneEveryMs' | 'leaseTtlMs' | 'programs' | 'logger'> & { readonly clock: Pick<BackupDeps['clock'], 'now'> };

export function repositoryAt({ site }: Pick<BackupPlan, 'site'>, { name, place }: Pick<Engine, 'name' | 'place'>): RepositoryAt {
  return { site, name, place };
}

/** An attempt counts like a success: one that cannot come to its end must not have the repository to itself after each backup. */
export async function isPruneDue({ stores: { repositories }, pruneEveryMs, clock }: RetentionDeps, repository: RepositoryAt): Promise<boolean> {
  const { prunedAt, triedAt } = await repositories.prunes(repository);
  const last = Math.max(...[prunedAt, triedAt].map((at) => (at === null ? 0 : Date.parse(at))));
  return clock.now() - last >= pruneEveryMs(repository.name);
}
