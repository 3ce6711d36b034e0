import { demandedManifest } from '../../domain/backup/demanded-manifest.js';
import { SlipwayError } from '../../domain/errors.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import type { BackupContext } from './backup-step.js';
import { rates } from './capture.js';
import type { BackupDeps } from './deps.js';
import { onRepository, turnOf } from './lease.js';

/** It goes into histories; whoever mends the repository asks the engine for the rest. */
const MOST_DAMAGE = 50;

/** Reads one backup back from its destination, every byte and all that a restore must bring back beside them, and says what is wrong with it. @throws BACKUP_NOT_FOUND */
export async function verifyBackup(deps: BackupDeps, { plan, backup, snapshot, ahead }: BackupSteps['verifyBackup'][0], context: BackupContext): Promise<BackupSteps['verifyBackup'][1]> {
  const startedAt = deps.clock.now();
  const content = await deps.stores.backups.content(backup);
  if (!content?.manifest) throw new SlipwayError('BACKUP_NOT_FOUND', `The catalogue does not say what backup ${backup} must hold.`);
  const manifest = demandedManifest(content.manifest, content.fingerprint);
  const engine = deps.engine(plan.source.repository);
  const damage = await onRepository(deps, 'shared', engine, context, (signal) => engine.verify(snapshot, manifest, rates(deps, context.report), signal), turnOf(ahead));
  return { damage: damage.slice(0, MOST_DAMAGE), at: new Date(deps.clock.now()).toISOString(), tookMs: deps.clock.now() - startedAt };
}
