import { ActivityCancellationType, continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { KeeperSteps } from '../../domain/keeper/steps.js';
import { watchQueue } from '../../domain/task-queues.js';
import type { ActivitiesOf } from '../sequence/temporal-runtime.js';
import type { KeeperInput } from './input.js';

/** Each is about an hour: after a day the history begins anew. */
const HOURS_A_RUN = 24;

/**
 * Looks after a site's environments while no deployment does: the one workflow of a site that lives for ever.
 *
 * What it does is in its activity. A change of what stands here needs `patched`: it goes on under each new build.
 */
export async function keeper({ site }: KeeperInput): Promise<void> {
  setCurrentDetails(`Looks after the environments of site **${site}** that no deployment is at work on. Its last look stands among the pending activities.`);
  const { keep } = proxyActivities<ActivitiesOf<KeeperSteps>>({
    taskQueue: watchQueue(site),
    startToCloseTimeout: '2h',
    // A dead worker is noticed this soon, and another one goes on.
    heartbeatTimeout: '4s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '5s' },
    summary: `keep ${site}`,
  });
  for (let hour = 0; hour < HOURS_A_RUN; hour += 1) await keep({ site });
  await continueAsNew<typeof keeper>({ site });
}
