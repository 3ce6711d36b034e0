import { compareFingerprints, deltaOf } from '../../domain/backup/compare-fingerprints.js';
import type { Fingerprint } from '../../domain/backup/fingerprint.js';
import type { Proof } from '../../domain/backup/restore-status.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import type { Source, SourceContext } from '../../sources/source.js';
import type { BackupContext } from './backup-step.js';
import { summaryOf } from './capture.js';
import type { BackupDeps } from './deps.js';
import { sourceContextOf } from './source-context-of.js';

const MOST_DIFFERENCES = 50;
const MOST_LINES = 20;

/** Whether the copy is what was backed up, by the fingerprint of then and the checks of its owner. A copy that is not is a result, not an error. */
export async function prove(deps: BackupDeps, { plan, run, compareLive, safetyBackup }: BackupSteps['prove'][0], context: BackupContext): Promise<Proof> {
  const recorded = await deps.stores.backups.content(plan.backup.id);
  if (!recorded) throw new SlipwayError('BACKUP_NOT_FOUND', `The catalogue has no fingerprint of backup ${plan.backup.id}.`);
  const source = deps.source(plan.source, plan);
  const at = sourceContextOf(run, context);
  const copy = await source.fingerprint('copy', at);
  const differences = compareFingerprints(recorded.fingerprint, copy);
  const checks = await source.check(plan.source.restore.checks, at);
  const live = compareLive ? await liveOf(deps, source, at) : null;
  const equal = differences.length === 0;
  if (equal && checks.every(({ ok }) => ok)) await deps.stores.backups.proven(plan.backup.id, new Date(deps.clock.now()).toISOString());
  const delta = live ? deltaOf(copy, live) : [];
  const safe = safetyBackup === undefined ? undefined : await deps.stores.backups.content(safetyBackup);
  return {
    equal, differences: differences.slice(0, MOST_DIFFERENCES), checks, copy: summaryOf(copy), live: live && summaryOf(live),
    differing: live ? delta.length : null, delta: delta.slice(0, MOST_LINES),
    ...(live && safe && { writtenSince: deltaOf(safe.fingerprint, live).length }),
  };
}

/** What is live may be the very reason for the restore: unreadable, or gone. */
async function liveOf({ logger }: BackupDeps, source: Source, at: SourceContext): Promise<Fingerprint | null> {
  try {
    return await source.fingerprint('live', at);
  } catch (error) {
    at.signal.throwIfAborted();
    logger.warn({ reason: messageOf(error) }, 'what is live could not be compared with the copy');
    return null;
  }
}
