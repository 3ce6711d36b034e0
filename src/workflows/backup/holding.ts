import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { type ChildWorkflowHandle, startChild } from '@temporalio/workflow';
import { pathOf } from '../../domain/backup/names.js';
import { deploymentWorkflowId } from '../../domain/names.js';
import type { hold } from './hold.js';
import type { RestoreWorkflowInput } from './input.js';
import { releaseSignal } from './messages.js';

type Held = { readonly service: string; readonly handle: ChildWorkflowHandle<typeof hold> };

/** The services that a restore keeps from being deployed, taken in sorted order so that two restores never wait for each other. */
export class Holds {
  private held: readonly Held[] = [];

  constructor(private readonly input: RestoreWorkflowInput) {}

  get services(): readonly string[] {
    return this.held.map(({ service }) => service);
  }

  async take(first?: string): Promise<string | null> {
    const { holds } = this.input.plan;
    for (const service of first === undefined ? holds : [first, ...holds]) {
      if (this.services.includes(service)) continue;
      const handle = await this.start(service);
      if (!handle) {
        await this.release();
        return service;
      }
      // A hold that somebody terminates is gone; nothing here depends on its result.
      void handle.result().catch(() => undefined);
      this.held = [...this.held, { service, handle }];
    }
    return null;
  }

  /** Answers when the services can be deployed again. */
  async release(): Promise<void> {
    const { held } = this;
    this.held = [];
    await Promise.all(held.map(async ({ handle }) => {
      await handle.signal(releaseSignal).then(() => handle.result()).catch(() => undefined);
    }));
  }

  private async start(service: string): Promise<ChildWorkflowHandle<typeof hold> | null> {
    const { restore, plan } = this.input;
    const { environment } = plan;
    try {
      return await startChild<typeof hold>('hold', {
        workflowId: deploymentWorkflowId(environment, service), memo: { hold: true, restore },
        args: [{ restore, service, environment, source: pathOf({ ...plan, source: plan.source.name }) }],
        // A restore that is terminated holds nothing.
        parentClosePolicy: 'TERMINATE', staticSummary: `${service} -> ${environment}: held by restore ${restore}`,
      });
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
      throw error;
    }
  }
}
