import type { MadeBackup } from '../../domain/deployment/follow-up.js';
import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import { recordOf } from '../deployment/record-of.js';
import type { BackupChoice } from './choose-backup.js';

/** The backup that the deployment offers to bring back. @throws DEPLOYMENT_NOT_FOUND, NO_RESTORE_OFFERED, INVALID_REQUEST when it offers several */
export async function offeredBackup(deps: Pick<AppDeps, 'stores' | 'now'>, choice: BackupChoice, deployment: string): Promise<string> {
  const record = await recordOf(deps.stores, deployment);
  const { status } = record;
  const offer = (status?.followUps ?? []).find(({ kind }) => kind === 'restore-offered');
  if (!offer) throw new SlipwayError('NO_RESTORE_OFFERED', `Deployment ${deployment} did not end with the follow-up "restore-offered".`);
  if (offer.until !== null && Date.parse(offer.until) <= deps.now()) {
    throw new SlipwayError('NO_RESTORE_OFFERED', `The offer of deployment ${deployment} ended at ${offer.until}: more has been written since. Its backups: ${named(offer.backups)}.`);
  }
  const later = await succeededSince(deps.stores, record);
  if (later) {
    throw new SlipwayError('NO_RESTORE_OFFERED', `The offer of deployment ${deployment} ended at ${later.endedAt}, when deployment ${later.id} brought ${later.version}, which has written since. Its backups: ${named(offer.backups)}.`);
  }
  const meant = offer.backups.filter(({ service, source }) => (choice.service ?? service) === service && (choice.source ?? source) === source);
  const [only] = meant;
  if (only && meant.length === 1) return only.backup;
  throw new SlipwayError('INVALID_REQUEST', `Deployment ${deployment} offers ${named(offer.backups)}: say which by \`service\` and \`source\`.`, {
    problems: [{ path: '/source', message: 'must name one of those that are offered', hint: named(offer.backups) }],
  });
}

/** What was written since belongs to a release that works. */
async function succeededSince({ deployments }: AppDeps['stores'], { service, environment, endedAt }: DeploymentRecord): Promise<DeploymentRecord | undefined> {
  const [newest] = await deployments.succeeded(service, environment, 1);
  return newest?.endedAt && endedAt && Date.parse(newest.endedAt) > Date.parse(endedAt) ? newest : undefined;
}

function named(backups: readonly MadeBackup[]): string {
  return backups.map(({ service, source, backup }) => `${backup} of ${service}/${source}`).join(', ');
}
