import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { hasEnded } from '../../domain/deployment/status.js';
import { codeOf, SlipwayError } from '../../domain/errors.js';
import type { DeploymentRuns } from './deployment-runs.js';
import { type DeploymentView, deploymentView, viewWithoutRecord } from './deployment-view.js';
import { type LocatedBy, locateDeployment } from './locate-deployment.js';
import { recordOf } from './record-of.js';

/** Seen for some seconds after a run was terminated, and while a record is written late. */
const CLOSED = 'The run has ended in Temporal and its end is not on record: this is what was last written down. A run that is gone is ended as lost within seconds.';

/** A database that takes longer is slow or hangs: from then on the run is asked too, and the first that knows the deployment is shown. */
const PATIENCE_MS = 500;

/** Where a deployment is read. */
export type ShownFrom = LocatedBy & { readonly runs: Pick<DeploymentRuns, 'ask' | 'plan'> };

/**
 * One deployment: the live run's own word while it runs, else what was recorded. While the database is away or hangs, a live one is still shown.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE
 */
export const showDeployment = (deps: ShownFrom) => async (id: string): Promise<DeploymentView> => {
  const recorded = recordOf(deps.stores, id);
  const known = await answeredSoon(recorded);
  const view = recorded.then((record) => viewOf(deps, record));
  if (known) return view;
  try {
    return await Promise.any([view, viewOfRun(deps, id)]);
  } catch (error) {
    throw bestReason(error);
  }
};

async function viewOf(deps: ShownFrom, record: DeploymentRecord): Promise<DeploymentView> {
  const { id, service, environment, phase } = record;
  if (hasEnded(phase)) return deploymentView(record, undefined);
  const answer = await deps.runs.ask({ deployment: id, service, environment });
  if (answer.state === 'open') return deploymentView(record, answer.status);
  const view = deploymentView(record, undefined);
  return answer.state === 'closed' && record.accepted ? { ...view, notes: [...view.notes, CLOSED] } : view;
}

/** Whether the database has had its say, be it that there is no such deployment. */
async function answeredSoon(recorded: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const answered = recorded.then(() => true, (error: unknown) => codeOf(error) !== 'DATABASE_UNAVAILABLE');
  const late = sleep(PATIENCE_MS, false, { signal: over.signal }).catch(() => false);
  const soon = await Promise.race([answered, late]);
  over.abort();
  return soon;
}

async function viewOfRun(deps: ShownFrom, id: string): Promise<DeploymentView> {
  const address = await locateDeployment(deps, id);
  const [answer, plan] = await Promise.all([deps.runs.ask(address), deps.runs.plan(address)]);
  if (answer.state !== 'open') throw new SlipwayError('DATABASE_UNAVAILABLE', `Neither the database nor the run of deployment ${id} answers.`);
  return viewWithoutRecord(answer.status, plan);
}

/** When both failed: the run's side knows more than that the database is away. */
function bestReason(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const [ofRecord, ofRun] = error.errors as readonly unknown[];
  return codeOf(ofRecord) === 'DATABASE_UNAVAILABLE' ? ofRun : ofRecord;
}
