import type { WorkflowHandle } from '@temporalio/client';
import { ulid } from 'ulid';
import { startOptionsOf } from '../../src/app/deployment/temporal-start-options.js';
import type { ControlKind } from '../../src/domain/deployment/control-message.js';
import type { Plan } from '../../src/domain/deployment/plan.js';
import type { DeploymentStatus } from '../../src/domain/deployment/status.js';
import { controlUpdate, statusQuery } from '../../src/workflows/deployment/messages.js';
import type { RunningWorkers } from './workers.js';

export interface StartedDeployment {
  readonly id: string;
  readonly handle: WorkflowHandle;
  status(): Promise<DeploymentStatus>;
  control(kind: ControlKind, more?: { readonly gate?: string }): Promise<DeploymentStatus>;
  /** The phase it ended in. */
  ended(): Promise<string>;
}

/** As the API starts one, without the API. */
export async function deploy({ client, stores }: RunningWorkers, plan: Plan): Promise<StartedDeployment> {
  const id = ulid();
  const by = { name: 'bench', roles: ['admin'] };
  const { service, environment, strategy, candidate } = plan;
  await stores.deployments.request({ id, service, environment, strategy: strategy.name, version: candidate.version, plan, by, revision: 1 });
  const handle: WorkflowHandle = await client.workflow.start(strategy.kind, startOptionsOf({ deployment: id, plan, by }));
  return {
    id, handle,
    status: () => handle.query(statusQuery),
    control: (kind, more = {}) => handle.executeUpdate(controlUpdate(kind), { args: [{ id: ulid(), deployment: id, by, ...more }] }),
    // The workflow returns its outcome, whose phase is a text.
    ended: async () => ((await handle.result()) as { readonly phase: string }).phase,
  };
}
