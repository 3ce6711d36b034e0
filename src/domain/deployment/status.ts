import type { Finding, VerdictKind } from '../analysis/verdict.js';
import type { Slot, Split } from '../router/entry.js';
import type { FollowUp, MadeBackup } from './follow-up.js';
import type { MigrationStep } from './protection.js';

export const PHASES = [
  'requested', 'protecting', 'migrating', 'preparing', 'verifying', 'progressing', 'promoting', 'watching', 'retiring', 'contracting', 'rolling-back',
  'needs-attention', 'succeeded', 'rolled-back', 'aborted', 'lost',
] as const;
export type Phase = (typeof PHASES)[number];

const ENDED: readonly Phase[] = ['succeeded', 'rolled-back', 'aborted', 'lost'];

export function hasEnded(phase: Phase): boolean {
  return ENDED.includes(phase);
}

/** Everything the query `status` answers; the API adds links. */
export interface DeploymentStatus {
  /** Counted up by the workflow with each change, so that a late writer cannot put back an older status. Without it the last writer wins. */
  readonly serial?: number;
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
  readonly strategy: string;
  readonly version: string;
  readonly stableVersion: string | null;
  readonly phase: Phase;
  readonly paused: boolean;
  /** What it waits for, in one sentence; null while it works. */
  readonly waitsFor: string | null;
  /** From 1; 0 before the first step. */
  readonly step: number;
  readonly steps: number;
  /** The last split that every router instance confirmed. */
  readonly split: Split | null;
  readonly stableSlot: Slot | null;
  /** Usually one; a second while a breach or missing data asks as well. */
  readonly gates: readonly OpenGate[];
  /** Newest last, at most one a step and cause. */
  readonly verdicts: readonly StepVerdict[];
  /** Would an abort still take everything back? False once the roles change; from then on it stops a contract that is left, and nothing else. */
  readonly canAbort: boolean;
  /** Why it goes back or went back. */
  readonly cause: Cause | null;
  readonly notes: readonly string[];
  readonly milestones: Readonly<Record<string, string>>;
  readonly timings: { readonly progressingMs: number; readonly waitingMs: number };
  /** From the breaching sample until the candidate had 0 %, where a watch pulled it. */
  readonly breachToZeroMs: number | null;
  /** Of a protected deployment only. */
  readonly protection?: ProtectionStatus;
  /** What it leaves to people; absent: nothing. */
  readonly followUps?: readonly FollowUp[];
  /** RFC 3339. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Ids of the messages that it took, the newest 200; left out where there are none. */
  readonly messages?: readonly string[];
}

/** How far the data of a protected deployment is. */
export interface ProtectionStatus {
  /** Those that were made and read back. */
  readonly backups: readonly MadeBackup[];
  /** Of each declared migration; `waiting`: for its gate; `skipped`: people said no, or nobody said anything in time. */
  readonly migrations: Readonly<Partial<Record<MigrationStep, MigrationState>>>;
  /** What cannot be taken back from when on, in words. */
  readonly pointOfNoReturn: string;
}

export type MigrationState = 'ahead' | 'waiting' | 'running' | 'done' | 'failed' | 'skipped';

export interface OpenGate {
  /** `<step>/<name>`. */
  readonly address: string;
  readonly notOwnChange: boolean;
  readonly role: string | null;
  readonly quorum: number;
  readonly approvals: readonly Approval[];
  /** RFC 3339. */
  readonly until: string;
  readonly onTimeout: 'abort' | 'proceed' | 'remind';
  readonly reason: string;
}

export interface Approval {
  readonly by: string;
  readonly role: string | null;
  readonly at: string;
}

export interface StepVerdict {
  readonly step: number;
  readonly kind: VerdictKind;
  readonly findings: readonly Finding[];
  readonly at: string;
}

export interface Cause {
  /** A code of the registry. */
  readonly code: string;
  readonly by: string;
  readonly text: string;
}
