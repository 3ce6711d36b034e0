import { isPassed, refusalOf, withApproval } from '../deployment/gate.js';
import type { Refusal } from '../deployment/control-state.js';
import type { Cause, OpenGate } from '../deployment/status.js';
import type { ErrorCode } from '../error-registry.js';
import type { RestoreControlMessage } from './restore-message.js';
import type { LiveData } from './restore-status.js';

/** Where the restore stands, as far as messages are concerned. */
export type RestorePoint = 'working' | 'keeping' | 'attention' | 'ended';

/** A person's word: which data is live, and that they see to the rest. */
export interface Resolution {
  readonly live: LiveData;
  readonly by: string;
}

/** How many message ids are remembered. */
const REMEMBERED = 200;

/**
 * What people have asked of a live restore, and the only place that says which wish goes before which: abort, then pause, then the rest.
 * It records and answers; the sequence acts.
 */
export class RestoreControl {
  private point: RestorePoint = 'working';
  private closed = false;
  private seen: readonly string[] = [];
  private cause: Cause | null = null;
  private openGate: OpenGate | null = null;
  private isPaused = false;
  private skipped = false;
  private named: Resolution | null = null;

  constructor(private readonly restore: string, private readonly requester: string) {}

  get abort(): Cause | null { return this.cause; }
  get paused(): boolean { return this.isPaused; }
  get gates(): readonly OpenGate[] { return this.openGate ? [this.openGate] : []; }
  get gatePassed(): boolean { return this.openGate !== null && isPassed(this.openGate); }
  /** keepOld is to end now. */
  get cutsShort(): boolean { return this.skipped; }
  get resolution(): Resolution | null { return this.named; }
  /** Ids of the messages that were taken, the newest ones. */
  get messages(): readonly string[] { return this.seen; }
  get canAbort(): boolean { return !this.closed && this.cause === null && (this.point === 'working' || this.point === 'keeping'); }

  /** Would `apply` take it? Changes nothing: the validator of every update. */
  check(message: RestoreControlMessage, { proven }: { readonly proven: boolean }): Refusal | undefined {
    if (message.restore !== this.restore) return no('WRONG_DEPLOYMENT', `this is restore ${this.restore}`);
    if (this.seen.includes(message.id)) return undefined;
    if (this.point === 'ended') return no('RESTORE_ENDED', `restore ${this.restore} has ended`);
    if (message.kind === 'resolve') return this.checkResolve(message);
    if (this.closed) return no('PAST_NO_RETURN', 'the restore ends: what is not live any more is being dropped; what it replaced only the safety backup brings back');
    if (this.cause) return message.kind === 'abort' ? undefined : no('ABORTING', 'the restore goes back already; only an abort, or a resolve where it needs attention, is taken');
    return this.checkKind(message, proven);
  }

  /** Takes the message, or says why not. A repeated id changes nothing and is no refusal. */
  apply(message: RestoreControlMessage, sender: { readonly proven: boolean; readonly nowMs: number }): Refusal | undefined {
    const refusal = this.check(message, sender);
    if (refusal || this.seen.includes(message.id)) return refusal;
    this.take(message, sender.nowMs);
    this.seen = [...this.seen, message.id].slice(-REMEMBERED);
    return undefined;
  }

  /** An abort that comes from the run itself: a failed step, a deadline, a cancel. The first cause stays. @returns false where nothing goes back any more. */
  abortFor(cause: Cause): boolean {
    if (this.closed || this.point === 'ended') return false;
    this.cause ??= cause;
    this.isPaused = false;
    this.openGate = null;
    return true;
  }

  /** A resolve is for the attention that it was given in. */
  enter(point: RestorePoint): void {
    this.point = point;
    if (point !== 'attention') this.named = null;
  }

  /** From here on nothing goes back. @returns false when an abort came first. */
  closeAborts(): boolean {
    if (this.cause) return false;
    this.closed = true;
    this.isPaused = false;
    return true;
  }

  open(gate: OpenGate): void {
    this.openGate = { ...gate, approvals: this.openGate?.approvals ?? gate.approvals };
  }

  close(): void {
    this.openGate = null;
  }

  private checkKind(message: RestoreControlMessage, proven: boolean): Refusal | undefined {
    switch (message.kind) {
      case 'pause':
        if (this.isPaused) return no('ALREADY_PAUSED', 'the restore is paused');
        return this.point === 'working' ? undefined : no('NOTHING_TO_PAUSE', 'the data has been swapped; nothing goes on by itself but the end of keepOld');
      case 'resume': return this.isPaused ? undefined : no('NOT_PAUSED', 'the restore is not paused');
      case 'skip': return this.point === 'keeping' && !this.skipped ? undefined : no('NOTHING_TO_SKIP', 'only keepOld can be skipped, and it does not run');
      case 'approve': return this.checkGate(message, (gate) => refusalOf(gate, message.by, { proven, requester: this.requester }));
      case 'reject': return this.checkGate(message, () => undefined);
      case 'abort': case 'resolve': return undefined;
    }
  }

  private checkGate(message: RestoreControlMessage, refusal: (gate: OpenGate) => Refusal | undefined): Refusal | undefined {
    const gate = this.openGate;
    if (!gate || (message.gate !== undefined && message.gate !== gate.address)) return no('GATE_NOT_OPEN', `gate ${message.gate ?? ''} is not open`);
    return isPassed(gate) ? no('ALREADY_DECIDED', `gate ${gate.address} has its approvals`) : refusal(gate);
  }

  private checkResolve({ live }: RestoreControlMessage): Refusal | undefined {
    if (this.point !== 'attention') return no('NOT_IN_ATTENTION', 'the restore does not need attention: it goes on by itself');
    return live ? undefined : no('INVALID_REQUEST', 'resolve needs `live`: old or restored');
  }

  private take(message: RestoreControlMessage, nowMs: number): void {
    switch (message.kind) {
      case 'pause': this.isPaused = true; return;
      case 'resume': this.isPaused = false; return;
      case 'skip': this.skipped = true; return;
      case 'abort': this.abortFor(causeOf('ABORTED', message)); return;
      case 'reject': this.abortFor(causeOf('REJECTED', message)); return;
      case 'approve': if (this.openGate) this.openGate = withApproval(this.openGate, message.by, nowMs); return;
      case 'resolve': if (message.live) this.named = { live: message.live, by: message.by.name }; return;
    }
  }
}

function no(code: ErrorCode, text: string): Refusal {
  return { code, text };
}

function causeOf(code: ErrorCode, { by, reason }: RestoreControlMessage): Cause {
  return { code, by: by.name, text: reason ?? `${code === 'REJECTED' ? 'rejected' : 'aborted'} by ${by.name}` };
}
