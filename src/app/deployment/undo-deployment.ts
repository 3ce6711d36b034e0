import type { Actor } from '../../domain/actor.js';
import { planDeployment } from '../../domain/deployment/plan-deployment.js';
import type { DeploymentRecord } from '../../domain/deployment/record.js';
import type { Release } from '../../domain/deployment/release.js';
import { hasEnded } from '../../domain/deployment/status.js';
import { SlipwayError } from '../../domain/errors.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { serviceOf } from '../service/service-of.js';
import type { DeploymentTicket } from './deployment-ticket.js';
import { driveOnce, type Prepared } from './drive-once.js';
import { recordOf } from './record-of.js';

export interface UndoDeployment {
  readonly deployment: string;
  /** @default the environment's own strategy */
  readonly strategy?: string | undefined;
  readonly reason?: string | undefined;
  /** Undoes it although its contract has run. @default false */
  readonly force?: boolean | undefined;
}

/**
 * Brings back the release before this deployment, under today's strategy, gates and analysis. It backs nothing up and migrates nothing, so that no
 * repository or command can hold it up. Only the deployment that brought what is live now can be undone.
 *
 * @throws DEPLOYMENT_NOT_FOUND, NOTHING_TO_UNDO, CONTRACTED, DEPLOYMENT_LIVE and all of `requestDeployment`
 */
export const undoDeployment = (deps: AppDeps) => (command: UndoDeployment, actor: Actor, claim?: IdempotencyClaim): Promise<DeploymentTicket> =>
  driveOnce(deps, claim, () => prepare(deps, command, actor));

async function prepare(deps: AppDeps, command: UndoDeployment, by: Actor): Promise<Prepared> {
  const undone = await recordOf(deps.stores, command.deployment);
  refuseUnended(undone);
  const { service, environment } = undone;
  const [record, stable] = await Promise.all([serviceOf(deps.stores, service), deps.stores.deployments.stable(service, environment)]);
  if (stable?.deployment !== undone.id) throw notLive(undone);
  const release = undone.plan.stable;
  if (!release) throw new SlipwayError('NOTHING_TO_UNDO', `Deployment ${undone.id} was the first of ${service} in ${environment}.`);
  if (command.force !== true) refuseContracted(undone, release);
  const spec = deps.environments.of(record, environment);
  const plan = planDeployment({ spec, site: deps.site, release, strategyName: command.strategy, stable: stable.release, force: command.force });
  const reason = command.reason ?? `undo of ${undone.version}`;
  return { plan, revision: record.revision, by, reason, undoes: undone.id };
}

function refuseUnended({ id, phase, status }: DeploymentRecord): void {
  if (hasEnded(phase)) return;
  throw new SlipwayError('DEPLOYMENT_LIVE', `Deployment ${id} is live itself: ${wayOut(status)}.`, { details: { deployment: id } });
}

/** By the last status that was recorded. */
function wayOut(status: DeploymentRecord['status']): string {
  if (!status || status.canAbort) return 'abort it instead';
  switch (status.protection?.migrations.contract) {
    case 'ahead': case 'waiting': return 'its roles have changed. Abort it, which leaves its migration contract undone, and undo it once it has ended';
    case 'running': return 'its roles have changed, and its migration contract runs. An abort stops that where it is';
    default: return 'its roles have changed. Undo it once it has ended';
  }
}

/** Whatever a contract has begun to take away, the release before may need. */
function refuseContracted({ id, status }: DeploymentRecord, { version }: Release): void {
  const contract = status?.protection?.migrations.contract;
  if (contract !== 'done' && contract !== 'failed' && contract !== 'running') return;
  const how = contract === 'done' ? 'has run' : 'has run in part';
  throw new SlipwayError('CONTRACTED', `The migration contract of deployment ${id} ${how}: ${version} may not be able to live with the data as it is now.`);
}

function notLive({ id, phase, service, environment }: DeploymentRecord): SlipwayError {
  const why = phase === 'succeeded' ? 'another one came after it' : `it ended ${phase}`;
  return new SlipwayError('NOTHING_TO_UNDO', `What is live of ${service} in ${environment} was not brought by deployment ${id}: ${why}.`);
}
