import { QueryRejectedError } from '@temporalio/client';
import type { DeploymentInput, DeploymentOutcome } from '../../workflows/deployment/input.js';
import type { DeploymentStatus } from '../../domain/deployment/status.js';
import { deploymentWorkflowId } from '../../domain/names.js';
import { controlUpdate, planQuery, statusQuery } from '../../workflows/deployment/messages.js';
import { mapControlFailure } from '../temporal/temporal-failures.js';
import { type FoundWorkflow, memoText, temporalServer, type TemporalServerOptions } from '../temporal/temporal-server.js';
import type { DeploymentRuns, FoundRun, RunAddress, RunAnswer, StartResult } from './deployment-runs.js';
import { SharedReadings } from '../shared-readings.js';
import { readTemporalReadiness } from './temporal-readiness.js';
import { startOptionsOf } from './temporal-start-options.js';

export interface TemporalRunsOptions extends TemporalServerOptions {
  /** The sites whose workers `readiness` asks for. */
  readonly sites: readonly string[];
}

type DeploymentWorkflow = (input: DeploymentInput) => Promise<DeploymentOutcome>;

/** Deployments as Temporal workflows. */
export function createTemporalDeploymentRuns({ sites, ...options }: TemporalRunsOptions): DeploymentRuns {
  const server = temporalServer(options);
  const statuses = new SharedReadings<DeploymentStatus | 'closed' | undefined>();
  const handleOf = (address: RunAddress) => server.client.workflow.getHandle(deploymentWorkflowId(address.environment, address.service));
  const openRun = (address: RunAddress) => server.openRuns.getHandle(deploymentWorkflowId(address.environment, address.service));
  const ask = async (address: RunAddress): Promise<RunAnswer> => {
    const lock = deploymentWorkflowId(address.environment, address.service);
    const answer = await statuses.read(lock, () => server.asking(() => openRun(address).query(statusQuery).catch(ifClosed)));
    if (answer === 'closed') return { state: 'closed' };
    // The answer of another deployment under the same lock is silence too.
    return answer?.deployment === address.deployment ? { state: 'open', status: answer } : { state: 'silent' };
  };
  return {
    async start(input) {
      const holder = await server.startLocked<DeploymentWorkflow>(input.plan.strategy.kind, startOptionsOf(input), (found) => memoText(found, 'deployment') === input.deployment);
      return resultOf(holder);
    },
    control: (address, kind, message) =>
      server.within(() => handleOf(address).executeUpdate(controlUpdate(kind), { args: [message], updateId: message.id }))
        .catch(mapControlFailure({ ended: 'DEPLOYMENT_ENDED', name: 'deployment' })),
    ask,
    async status(address) {
      const answer = await ask(address);
      return answer.state === 'open' ? answer.status : undefined;
    },
    plan: (address) => server.asking(() => openRun(address).query(planQuery)),
    async describe(environment, service) {
      const found = await server.describe(deploymentWorkflowId(environment, service));
      return found && foundRun(found, environment, service);
    },
    // A run that only writes the record of one that has ended has no memo.
    running: async () => new Set((await server.listRunning('deploy/')).map((found) => memoText(found, 'deployment')).filter((id) => id !== '')),
    async findRunning(deployment) {
      const workflowId = await server.findRunning(deployment, 'deploy/');
      return workflowId === undefined ? undefined : addressOf(workflowId, deployment);
    },
    readiness: () => readTemporalReadiness(server.client, sites, server.queryTimeoutMs),
  };
}

function ifClosed(error: unknown): 'closed' {
  if (error instanceof QueryRejectedError) return 'closed';
  throw error;
}

function resultOf(holder: 'new' | 'same' | FoundWorkflow | undefined): StartResult {
  if (typeof holder === 'string') return { start: holder };
  const restore = holder && restoreOf(holder);
  return restore ? { start: 'held', restore } : { start: 'other', live: holder ? memoText(holder, 'deployment') : 'unknown' };
}

function foundRun(found: FoundWorkflow, environment: string, service: string): FoundRun {
  const { state, closedAt } = found;
  return { deployment: memoText(found, 'deployment'), environment, service, state, closedAt, heldBy: restoreOf(found) };
}

/** The restore that holds the service, where it is no deployment that has the lock. */
function restoreOf(found: FoundWorkflow): string | null {
  return found.memo['hold'] === true ? memoText(found, 'restore') : null;
}

function addressOf(workflowId: string, deployment: string): RunAddress | undefined {
  const match = /^deploy\/([^/]+)\/([^/]+)$/.exec(workflowId);
  return match ? { deployment, environment: match[1] ?? '', service: match[2] ?? '' } : undefined;
}
