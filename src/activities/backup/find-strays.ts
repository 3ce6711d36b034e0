import type { SourceAddress } from '../../domain/backup/plan.js';
import type { Engine } from '../../engines/engine.js';
import type { BackupDeps } from './deps.js';

/** Of each kind of run that may have stored something nobody knows of. */
const LATELY = 10;

/**
 * Snapshots that the catalogue does not name: of runs that failed or were lost lately, and of attempts of the newest backup whose answer was lost.
 * Alone on the repository nobody is at work on one that he has yet to name.
 */
export async function findStrays({ stores: { backups } }: Pick<BackupDeps, 'stores'>, engine: Engine, address: SourceAddress, signal: AbortSignal): Promise<readonly string[]> {
  const lately = async (state: 'failed' | 'lost' | 'verified', limit: number) => (await backups.list({ ...address, state }, { limit })).items;
  const runs = [...await lately('failed', LATELY), ...await lately('lost', LATELY), ...await lately('verified', 1)].filter(({ repository }) => repository === engine.name);
  const found: string[] = [];
  for (const { id, snapshot: named } of runs) found.push(...(await engine.find(id, signal)).map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== named));
  return found;
}
