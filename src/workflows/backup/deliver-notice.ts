import { proxyActivities } from '@temporalio/workflow';
import type { BackupSteps, Telling } from '../../domain/backup/steps.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import { backupOptions } from './backup-profiles.js';

/** What nobody could be told in a day is told by what comes next. */
const LIMIT = '24h';
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' } as const;

/** Tells each who asked, apart from the others, until they have it; holds no lock. Fails when one refused or could not be reached for a day. */
export async function deliverNotice(telling: Telling): Promise<void> {
  const { plan, kind } = telling;
  const { notify } = plan;
  const told = await Promise.allSettled(Object.entries(notify).filter(([, { on }]) => on.includes(kind)).map(([name, receiver]) => {
    const options = { ...backupOptions('tell', plan), retry: RETRY, scheduleToCloseTimeout: LIMIT, summary: `notify ${name}: ${kind}` } as const;
    return proxyActivities<ActivitiesOf<BackupSteps>>(options).tell({ ...telling, plan: { ...plan, notify: { [name]: receiver } } });
  }));
  for (const each of told) if (each.status === 'rejected') throw each.reason;
}
