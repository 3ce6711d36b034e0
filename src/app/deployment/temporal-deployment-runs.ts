import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { DeploymentInput, DeploymentOutcome } from '../../workflows/deployment/input.js';
import { deploymentWorkflowId } from '../../domain/names.js';
import { controlUpdate, planQuery, statusQuery } from '../../workflows/deployment/messages.js';
import { SlipwayDeployment } from '../../workflows/deployment/search-attributes.js';
import type { DeploymentRuns, FoundRun, RunAddress, StartResult } from './deployment-runs.js';
import { mapControlFailure, mapTemporalFailure } from './temporal-failures.js';
import { readTemporalReadiness } from './temporal-readiness.js';
import { startOptionsOf } from './temporal-start-options.js';

export interface TemporalRunsOptions {
  /** A lazy connection will do: nothing is called before it is needed. */
  readonly client: Client;
  /** The sites whose workers `readiness` asks for. */
  readonly sites: readonly string[];
  /** Of one call. @default 5000 */
  readonly requestTimeoutMs?: number;
  /** Of a question to a run, where the record is the second choice. @default 2000 */
  readonly queryTimeoutMs?: number;
}

type DeploymentWorkflow = (input: DeploymentInput) => Promise<DeploymentOutcome>;

/** A start that races the end of another run is decided within so many rounds. */
const START_ROUNDS = 3;

/** Deployments as Temporal workflows. */
export function createTemporalDeploymentRuns(options: TemporalRunsOptions): DeploymentRuns {
  const { client, sites, requestTimeoutMs = 5_000, queryTimeoutMs = 2_000 } = options;
  const within = <T>(ms: number, call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + ms, call);
  const calling = <T>(call: () => Promise<T>): Promise<T> => within(requestTimeoutMs, call).catch(mapTemporalFailure);
  const handleOf = (address: RunAddress) => client.workflow.getHandle(deploymentWorkflowId(address.environment, address.service));

  const describe = (environment: string, service: string): Promise<FoundRun | undefined> =>
    calling(async () => {
      try {
        return foundRun(await client.workflow.getHandle(deploymentWorkflowId(environment, service)).describe(), environment, service);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    });

  /** @returns undefined when the lock was free again before we could see who held it. */
  const tryStart = async (input: DeploymentInput): Promise<StartResult | undefined> => {
    try {
      await within(requestTimeoutMs, () => client.workflow.start<DeploymentWorkflow>(input.plan.strategy.kind, startOptionsOf(input)));
      return { start: 'new' };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return mapTemporalFailure(error);
    }
    const holder = await describe(input.plan.environment, input.plan.service);
    if (holder?.deployment === input.deployment) return { start: 'same' };
    return holder?.state === 'running' ? { start: 'other', live: holder.deployment } : undefined;
  };

  /** Silence means: ask the record. The answer of another deployment under the same lock is silence too. */
  const ask = async <T>(address: RunAddress, question: () => Promise<T>, about: (answer: T) => string | undefined): Promise<T | undefined> => {
    try {
      const answer = await within(queryTimeoutMs, question);
      const deployment = about(answer);
      return deployment === undefined || deployment === address.deployment ? answer : undefined;
    } catch {
      return undefined;
    }
  };

  return {
    async start(input) {
      for (let round = 1; round < START_ROUNDS; round += 1) {
        const result = await tryStart(input);
        if (result) return result;
      }
      return (await tryStart(input)) ?? { start: 'other', live: 'unknown' };
    },
    control: (address, kind, message) =>
      within(requestTimeoutMs, () => handleOf(address).executeUpdate(controlUpdate(kind), { args: [message], updateId: message.id }))
        .catch(mapControlFailure),
    status: (address) => ask(address, () => handleOf(address).query(statusQuery), (status) => status.deployment),
    plan: (address) => ask(address, () => handleOf(address).query(planQuery), () => undefined),
    describe,
    findRunning: (deployment) =>
      calling(async () => {
        // The id has the alphabet of a ULID: nothing in it can end the string.
        const query = `${SlipwayDeployment.name} = "${deployment}" AND ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "deploy/"`;
        for await (const info of client.workflow.list({ query, pageSize: 1 })) return addressOf(info.workflowId, deployment);
        return undefined;
      }),
    readiness: () => readTemporalReadiness(client, sites, queryTimeoutMs),
  };
}

type Description = { readonly memo?: Record<string, unknown>; readonly status: { readonly name: string }; readonly closeTime?: Date };

function foundRun(info: Description, environment: string, service: string): FoundRun {
  const state = info.status.name === 'RUNNING' ? 'running' : info.status.name === 'COMPLETED' ? 'completed' : 'gone';
  const deployment = info.memo?.['deployment'];
  return { deployment: typeof deployment === 'string' ? deployment : '', environment, service, state, closedAt: info.closeTime?.toISOString() ?? null };
}

function addressOf(workflowId: string, deployment: string): RunAddress | undefined {
  const match = /^deploy\/([^/]+)\/([^/]+)$/.exec(workflowId);
  return match ? { deployment, environment: match[1] ?? '', service: match[2] ?? '' } : undefined;
}
