import { Context } from '@temporalio/activity';
import type { DeploymentEvent } from '../../domain/event/event.js';
import type { JsonObject } from '../../domain/json.js';
import type { Recorded, StepInput, StepName, StepResult } from '../../domain/deployment/steps.js';
import { failureOf } from '../failure-of.js';
import { type Heartbeats, heartbeats } from '../heartbeats.js';
import { stillOurs } from '../still-ours.js';
import type { ActivityDeps } from './deps.js';

/** What a step's body gets beside its input. */
export interface StepContext {
  /** Appends one event of what the step did, after the step: it never delays it. Of events with the same `key` the deployment keeps the first. */
  emit(kind: string, text: string, data?: JsonObject, key?: string): void;
  /** Shown among the pending activities, and there for the next attempt. */
  report(details: unknown): void;
  readonly signal: AbortSignal;
  /**
   * Asks the server whether this attempt is the one that counts: what was read before is then what no later run has written, and what is changed
   * right after is changed beside nobody. @throws SUPERSEDED, TEMPORAL_UNAVAILABLE
   */
  stillOurs(): Promise<void>;
  /** Of this very attempt: the same in no other. */
  readonly holder: string;
  /** Heartbeat details of the attempt before. */
  readonly before: unknown;
  /** Ends at this time, counted from when the step was first asked for. */
  readonly firstScheduledAtMs: number;
}

/**
 * An activity from a step's body: heartbeats while it runs, writes status and events when PostgreSQL is there and gives back what it could not
 * write, and turns our errors into failures whose type is the code.
 */
export function recordedStep<K extends Exclude<StepName, 'watch'>>(
  deps: ActivityDeps, body: (input: StepInput<K>, context: StepContext) => Promise<Omit<StepResult<K>, 'unwritten'>>,
): (input: StepInput<K>) => Promise<StepResult<K>> {
  return async (input) => {
    const { status, carried }: Recorded = input;
    const events: DeploymentEvent[] = [];
    const beats = heartbeats();
    // The newest status is worth having in the lists, and worth nothing to this step: neither waited for nor missed.
    void deps.deployments.progress(status).catch(() => undefined);
    try {
      const result = await body(input, contextOf(deps, events, status.deployment, beats));
      const unwritten = await deps.events.append([...carried, ...events]);
      // The body's result and `unwritten` make up the step's result by definition; an Omit of a type parameter cannot be added up.
      return { ...result, unwritten } as unknown as StepResult<K>;
    } catch (error) {
      await deps.events.append([...carried, ...events]);
      throw failureOf(error);
    } finally {
      beats.stop();
    }
  };
}

function contextOf({ ownership }: Pick<ActivityDeps, 'ownership'>, events: DeploymentEvent[], deployment: string, { report, reported }: Heartbeats): StepContext {
  const { info, cancellationSignal } = Context.current();
  // A run that goes on in a new one, and the run of its last record, count their activities from 1 again.
  const run = info.workflowExecution?.runId.slice(0, 8) ?? '';
  const emit: StepContext['emit'] = (kind, text, data = {}, key = `${run}.${info.activityId}.${info.attempt}.${events.length}`) => {
    events.push({ key, deployment, kind, at: new Date().toISOString(), text, data });
  };
  const holder = `deployment ${deployment} ${info.activityType} ${run}.${info.activityId}.${info.attempt}`;
  return { emit, report, stillOurs: () => stillOurs(() => ownership.stillOurs(info.taskToken, reported())), signal: cancellationSignal, holder, before: info.heartbeatDetails, firstScheduledAtMs: info.scheduledTimestampMs };
}
