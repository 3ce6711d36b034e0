import type { Verdict } from '../../domain/analysis/verdict.js';
import type { ControlState } from '../../domain/deployment/control-state.js';
import type { FollowUp, MadeBackup } from '../../domain/deployment/follow-up.js';
import { noReturnNow } from '../../domain/deployment/point-of-no-return.js';
import type { Plan } from '../../domain/deployment/plan.js';
import { MIGRATION_STEPS, type PlanProtection } from '../../domain/deployment/protection.js';
import type { Cause, DeploymentStatus, Phase, ProtectionStatus, StepVerdict } from '../../domain/deployment/status.js';
import type { Instance, OpenResult } from '../../domain/deployment/steps.js';
import type { DeploymentEvent } from '../../domain/event/event.js';
import { generationOf } from '../../domain/router/generation.js';
import { otherSlot, type EntryPhase, type Generation, type RouterEntry, type Slot, type Split, UNMANAGED } from '../../domain/router/entry.js';
import type { BasisPoints } from '../../domain/share.js';

const MOST_NOTES = 20;
const MOST_CARRIED = 200;

/** Everything a run knows beside what people asked of it. Plain data, so that it can go on in a new run. */
export interface RunData {
  phase: Phase;
  startedAtMs: number;
  endedAtMs: number | null;
  /** Counts the statuses handed to activities: a record never goes back to an older one. */
  serial: number;
  /** The last generation given out. */
  generation: number;
  opened: OpenResult | null;
  candidateInstances: readonly Instance[];
  /** A shift that gives the candidate a share was asked for. */
  moved: boolean;
  /** The newest generation whose shift every router instance confirmed. */
  confirmed: Generation | null;
  split: Split | null;
  /** The share asked for last: a watch must run while it is above 0. */
  share: BasisPoints;
  cause: Cause | null;
  /** Why it went back, before a person named the candidate's slot all the same. */
  overruled?: Cause;
  notes: readonly string[];
  verdicts: readonly StepVerdict[];
  waived: readonly string[];
  milestones: Record<string, string>;
  carried: readonly DeploymentEvent[];
  events: number;
  waitsFor: string | null;
  waitingMs: number;
  waitingSinceMs: number | null;
  breachToZeroMs: number | null;
  rolesChanged: boolean;
  /** The note that says why the router would not start again as it is; absent: as far as is known, it would. */
  notPersisted?: string;
  /** The slot whose instances are known to be gone. */
  stopped?: Slot;
  /** Of a protected deployment only. */
  protection?: ProtectionData;
}

/** How far the data is, and what is left to people. */
export interface ProtectionData {
  backups: readonly MadeBackup[];
  migrations: ProtectionStatus['migrations'];
  followUps: readonly FollowUp[];
}

export function newRunData(nowMs: number, { protect }: Pick<Plan, 'protect'> = {}): RunData {
  return {
    phase: 'preparing', startedAtMs: nowMs, endedAtMs: null, serial: 0, generation: 0, opened: null, candidateInstances: [], moved: false, confirmed: null,
    split: null, share: 0, cause: null, notes: [], verdicts: [], waived: [], milestones: {}, carried: [], events: 0, waitsFor: null, waitingMs: 0,
    waitingSinceMs: null, breachToZeroMs: null, rolesChanged: false,
    ...(protect && { protection: newProtection(protect) }),
  };
}

function newProtection({ migrate }: PlanProtection): ProtectionData {
  const declared = MIGRATION_STEPS.filter((each) => migrate[each]);
  return { backups: [], migrations: Object.fromEntries(declared.map((each) => [each, 'ahead'])), followUps: [] };
}

/** The run's memory, with the few ways in which it changes. */
export class RunState {
  constructor(readonly deployment: string, readonly plan: Plan, readonly data: RunData) {}

  /** @throws never before `open` has answered: the sequence asks only afterwards. */
  get opened(): OpenResult {
    if (!this.data.opened) throw new Error('the routers have not been read yet');
    return this.data.opened;
  }

  get stableSlot(): Slot { return this.opened.entry.stable; }
  get candidateSlot(): Slot { return otherSlot(this.stableSlot); }
  /** Nothing is stable yet. */
  get first(): boolean { return this.opened.entry.deployment === UNMANAGED; }

  /** Of the shift asked for last. */
  get lastGeneration(): Generation {
    return generationOf(this.deployment, this.data.generation);
  }

  nextGeneration(): Generation {
    this.data.generation += 1;
    return this.lastGeneration;
  }

  /** The generations that may be live before, during and after the newest shift: what a watch pulls. Of a first deployment none: there is nothing to pull to. */
  pullable(): readonly Generation[] {
    const n = this.data.generation;
    return this.first ? [] : [n - 1, n, n + 1].filter((each) => each > 0).map((each) => generationOf(this.deployment, each));
  }

  /** Stable as it was, the candidate's share as given. */
  entry(share: BasisPoints, phase: EntryPhase): RouterEntry {
    return { ...this.opened.entry, phase, candidateShare: share, generation: this.nextGeneration() };
  }

  /** The roles changed: the candidate's slot is stable. */
  changedEntry(): RouterEntry {
    return {
      stable: this.candidateSlot, phase: 'settled', generation: this.nextGeneration(), candidateShare: 0, baselineShare: 0, deployment: this.deployment,
    };
  }

  note(text: string): void {
    if (this.data.notes.at(-1) !== text) this.data.notes = [...this.data.notes, text].slice(-MOST_NOTES);
  }

  /** What it said is over. */
  withdrawNote(text: string): void {
    this.data.notes = this.data.notes.filter((note) => note !== text);
  }

  verdict(step: number, verdict: Verdict): void {
    const { kind, findings, at } = verdict;
    const others = this.data.verdicts.filter((each) => each.step !== step || each.kind !== kind);
    this.data.verdicts = [...others, { step, kind, findings, at }];
  }

  milestone(name: string, nowMs: number): void {
    this.data.milestones[name] ??= new Date(nowMs).toISOString();
  }

  /** Something that happened in the workflow itself; the next activity writes it. */
  event(kind: string, text: string, nowMs: number, key = `run.${this.data.events}`): void {
    this.data.events += 1;
    this.carry([{ key, deployment: this.deployment, kind, at: new Date(nowMs).toISOString(), text, data: {} }]);
  }

  carry(events: readonly DeploymentEvent[]): void {
    this.data.carried = [...this.data.carried, ...events].slice(-MOST_CARRIED);
  }

  /** A status to be written down: newer than all before it. */
  nextStatus(control: ControlState, nowMs: number): DeploymentStatus {
    this.data.serial += 1;
    return this.status(control, nowMs);
  }

  takeCarried(): readonly DeploymentEvent[] {
    const { carried } = this.data;
    this.data.carried = [];
    return carried;
  }

  status(control: ControlState, nowMs: number): DeploymentStatus {
    const { data, plan } = this;
    const waitingMs = data.waitingMs + (data.waitingSinceMs === null ? 0 : nowMs - data.waitingSinceMs);
    const totalMs = (data.endedAtMs ?? nowMs) - data.startedAtMs;
    return {
      serial: data.serial, deployment: this.deployment, service: plan.service, environment: plan.environment, strategy: plan.strategy.name,
      version: plan.candidate.version, stableVersion: plan.stable?.version ?? null, phase: data.phase, paused: control.paused,
      waitsFor: data.waitsFor, step: control.step, steps: plan.steps.length, split: data.split, stableSlot: data.opened?.entry.stable ?? null,
      gates: control.gates, verdicts: data.verdicts, canAbort: !control.closed && data.endedAtMs === null, cause: data.cause, notes: data.notes,
      milestones: data.milestones, breachToZeroMs: data.breachToZeroMs, timings: { progressingMs: totalMs - waitingMs, waitingMs },
      ...this.protectionStatus(control), ...(control.messages.length > 0 && { messages: control.messages }),
      startedAt: new Date(data.startedAtMs).toISOString(), endedAt: data.endedAtMs === null ? null : new Date(data.endedAtMs).toISOString(),
    };
  }

  private protectionStatus({ closed }: ControlState): Pick<DeploymentStatus, 'protection' | 'followUps'> {
    const { protection, cause, rolesChanged } = this.data;
    if (!protection) return {};
    const { backups, migrations, followUps } = protection;
    const pointOfNoReturn = noReturnNow(this.plan, { migrations, rolesChanged, rolesChange: closed, goesBack: cause !== null });
    return { protection: { backups, migrations, pointOfNoReturn }, ...(followUps.length > 0 && { followUps }) };
  }
}
