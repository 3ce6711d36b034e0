import type { Actor } from '../../domain/actor.js';
import { planDeployment } from '../../domain/deployment/plan-deployment.js';
import { type PlanTiming, planTiming } from '../../domain/deployment/plan-timing.js';
import type { ObservationRecord } from '../../domain/deployment/record.js';
import type { Plan } from '../../domain/deployment/plan.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { checkRouterEntries } from '../keeper/check-router-entries.js';
import { backupsBefore } from '../backup/backups-before.js';
import { serviceOf } from '../service/service-of.js';
import type { DeploymentTicket } from './deployment-ticket.js';
import { driveOnce, type Prepared } from './drive-once.js';

export interface RequestDeployment {
  readonly service: string;
  readonly environment: string;
  /** @default stable's version; required at first */
  readonly version?: string | undefined;
  /** One of the environment's `alternatives`. @default the environment's own strategy */
  readonly strategy?: string | undefined;
  readonly reason?: string | undefined;
  /** Launches a release anew that is live already. @default false */
  readonly force?: boolean | undefined;
}

/**
 * Starts a deployment. With an idempotency claim a repeated request drives the same deployment on, whatever became of the first one.
 *
 * @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, VERSION_REQUIRED, STRATEGY_UNKNOWN, NOTHING_TO_DEPLOY, DEPLOYMENT_LIVE, SOURCE_UNKNOWN, SOURCE_NOT_OWNED,
 *   IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export const requestDeployment = (deps: AppDeps) => (command: RequestDeployment, actor: Actor, claim?: IdempotencyClaim): Promise<DeploymentTicket> =>
  driveOnce(deps, claim, () => prepare(deps, command, actor));

export interface DryRun {
  readonly plan: Plan;
  readonly timing: PlanTiming;
  /** What the workers last saw that would stand in its way, or that it would be told of. */
  readonly warnings: readonly string[];
}

/** What a deployment would do, without doing it. @throws ROUTER_ENTRY_UNKNOWN too, where the workers have seen the router */
export const dryRunDeployment = (deps: AppDeps) => async (command: RequestDeployment, actor: Actor): Promise<DryRun> => {
  const { plan } = await prepare(deps, command, actor);
  const { service, environment, candidate: { router } } = plan;
  const [entryWarnings, observed] = await Promise.all([checkRouterEntries(deps, [{ service, environment, router }]), deps.stores.observations.of(service, environment)]);
  return { plan, timing: planTiming(plan), warnings: [...entryWarnings, ...observed.flatMap(diskWarning)] };
};

function diskWarning({ routerInstance, health: { disk }, at }: ObservationRecord): readonly string[] {
  if (disk === undefined) return [];
  return [`router instance ${routerInstance} would not start again as it is, as of ${at}: ${disk}. Where the router has \`persist: required\` the deployment is refused (ROUTER_NOT_PERSISTED).`];
}

async function prepare(deps: AppDeps, command: RequestDeployment, by: Actor): Promise<Prepared> {
  const { service, environment, reason } = command;
  const [record, stable] = await Promise.all([serviceOf(deps.stores, service), deps.stores.deployments.stable(service, environment)]);
  const spec = deps.environments.of(record, environment);
  const plan = planDeployment({
    spec,
    backups: await backupsBefore(deps, spec),
    site: deps.site,
    version: command.version,
    strategyName: command.strategy,
    stable: stable?.release ?? null,
    force: command.force,
  });
  return { plan, revision: record.revision, by, ...(reason !== undefined && { reason }) };
}
