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

  /** @param lost hears of a service whose hold somebody ended in Temporal: it can be deployed. */
  constructor(private readonly input: RestoreWorkflowInput, private readonly lost: (service: string) => void) {}

  get services(): readonly string[] {
    return this.held.map(({ service }) => service);
  }

  /** All or none. @param first is asked before the others: it was busy at the last try. @returns a service that is busy; null when all are held. */
  async take(first?: string): Promise<string | null> {
    const { holds } = this.input.plan;
    for (const service of first === undefined ? holds : [first, ...holds]) {
      if (this.services.includes(service)) continue;
      const handle = await this.start(service);
      if (!handle) {
        await this.release();
        return service;
      }
      const held: Held = { service, handle };
      this.held = [...this.held, held];
      void handle.result().catch(() => undefined).then(() => this.forget(held));
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

  private forget(gone: Held): void {
    if (!this.held.includes(gone)) return;
    this.held = this.held.filter((each) => each !== gone);
    this.lost(gone.service);
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
