import { Context } from '@temporalio/activity';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { failureOf } from '../failure-of.js';
import { heartbeats } from '../heartbeats.js';
import { stillOurs } from '../still-ours.js';
import type { Ownership } from '../watch/ownership.js';

/** What a step's body gets beside its input. */
export interface BackupContext {
  /** Shown among the pending activities, and there for the next attempt. */
  report(details: unknown): void;
  readonly signal: AbortSignal;
  /** Asks the server whether this attempt is the one that counts, right before it changes something. @throws SUPERSEDED, TEMPORAL_UNAVAILABLE */
  stillOurs(): Promise<void>;
  /** After so long without a heartbeat the server gives the attempt up. */
  readonly heartbeatTimeoutMs: number;
  /** Heartbeat details of the attempt before. */
  readonly before: unknown;
  /** From 1. */
  readonly attempt: number;
  /** Of this very attempt: the same in no other. */
  readonly holder: string;
  readonly runId: string;
  readonly firstScheduledAtMs: number;
}

export type BackupActivity<K extends keyof BackupSteps> = (input: BackupSteps[K][0]) => Promise<BackupSteps[K][1]>;

/** An activity from a step's body: heartbeats while it runs, and turns our errors into failures whose type is the code. */
export function backupStep<K extends keyof BackupSteps>(ownership: Ownership, body: (input: BackupSteps[K][0], context: BackupContext) => Promise<BackupSteps[K][1]>): BackupActivity<K> {
  return async (input) => {
    const { info, cancellationSignal: signal } = Context.current();
    const { workflowId = '', runId = '' } = info.workflowExecution ?? {};
    const beats = heartbeats();
    try {
      return await body(input, {
        report: beats.report, signal, before: info.heartbeatDetails, attempt: info.attempt, runId, holder: `${workflowId} ${info.activityType} ${runId.slice(0, 8)}.${info.activityId}.${info.attempt}`,
        firstScheduledAtMs: info.scheduledTimestampMs, heartbeatTimeoutMs: info.heartbeatTimeoutMs ?? 0,
        stillOurs: () => stillOurs(() => ownership.stillOurs(info.taskToken, beats.reported())),
      });
    } catch (error) {
      throw failureOf(error);
    } finally {
      beats.stop();
    }
  };
}
