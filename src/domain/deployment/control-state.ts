import type { ErrorCode } from '../error-registry.js';
import type { Slot } from '../router/entry.js';
import { resolveRefusal, type AttentionRead } from './attention.js';
import type { Control } from './control-message.js';
import { isPassed, refusalOf, withApproval } from './gate.js';
import type { Cause, OpenGate } from './status.js';

/** Why a message is not taken. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly text: string;
}

/** Where the loop stands, as far as messages are concerned. */
export type Point = 'none' | 'bake' | 'keep-warm' | 'attention' | 'contract' | 'ended';

const STOPS_CONTRACT = 'an abort stops the migration contract, and nothing goes back';

/** How many message ids are remembered. */
const REMEMBERED = 200;

/** The slot that serves, and who says so. */
interface Resolution {
  readonly slot: Slot;
  readonly by: string;
}

/** Plain data: carried through continue-as-new. */
export interface ControlSnapshot {
  readonly deployment: string;
  readonly requester: string;
  readonly step: number;
  readonly point: Point;
  /** The roles change or have changed: there is no way back. */
  readonly closed: boolean;
  readonly paused: boolean;
  readonly promoting: boolean;
  readonly skipping: boolean;
  readonly abort: Cause | null;
  readonly gates: readonly OpenGate[];
  readonly resolution: Resolution | null;
  readonly dropped: readonly string[];
  readonly seen: readonly string[];
  readonly attention: AttentionRead | null;
  /** An abort came while people were asked which slot serves. */
  readonly givenUp: boolean;
  /** Who does not want the contract, or what is left of it; nothing goes back because of that. */
  readonly contractStopped?: Cause;
}

/**
 * What people have asked of a live deployment, and the only place that says which wish goes before which: abort, then pause, then the rest.
 * It records and answers; the control loop acts.
 */
export class ControlState {
  private state: ControlSnapshot;

  constructor(start: { deployment: string; requester: string } | ControlSnapshot) {
    this.state = 'seen' in start ? start : {
      ...start, step: 0, point: 'none', closed: false, paused: false, promoting: false, skipping: false, abort: null, gates: [], resolution: null,
      dropped: [], seen: [], attention: null, givenUp: false,
    };
  }

  snapshot(): ControlSnapshot {
    return this.state;
  }

  get abort(): Cause | null { return this.state.abort; }
  get paused(): boolean { return this.state.paused; }
  get promoting(): boolean { return this.state.promoting; }
  get step(): number { return this.state.step; }
  get gates(): readonly OpenGate[] { return this.state.gates; }
  get resolution(): Resolution | null { return this.state.resolution; }
  get givenUp(): boolean { return this.state.givenUp; }
  get closed(): boolean { return this.state.closed; }
  get attention(): AttentionRead | null { return this.state.attention; }
  get dropped(): readonly string[] { return this.state.dropped; }

  /** Why the contract is not to be run, or is to end where it is; null while nobody said so. */
  get contractStopped(): Cause | null { return this.state.contractStopped ?? null; }

  /** Ids of the messages that were taken, the newest ones. */
  get messages(): readonly string[] { return this.state.seen; }

  hasSeen(id: string): boolean {
    return this.state.seen.includes(id);
  }

  /** This bake or keepWarm is to end now. */
  get cutsShort(): boolean {
    const { point, skipping, promoting } = this.state;
    return skipping || (promoting && point === 'bake');
  }

  /** Would `apply` take it? Changes nothing: the validator of every update. */
  check(message: Control, sender: { proven: boolean; nowMs: number }): Refusal | undefined {
    const { deployment, step, seen, point } = this.state;
    if (message.deployment !== deployment) return no('WRONG_DEPLOYMENT', `this is deployment ${deployment}`);
    if (seen.includes(message.id)) return undefined;
    if (point === 'ended') return no('DEPLOYMENT_ENDED', `deployment ${deployment} has ended`);
    if (message.step !== undefined && message.step !== step) return no('WRONG_STEP', `the present step is ${step}, not ${message.step}`);
    if (message.kind === 'resolve') return this.checkResolve(message, sender.nowMs);
    if (point === 'contract') return this.checkContract(message, sender.proven);
    if (this.state.closed) return no('PAST_NO_RETURN', 'the roles have changed or are changing; once the deployment has ended it can be undone');
    if (this.state.abort) return message.kind === 'abort' ? undefined : no('ABORTING', 'the deployment goes back to stable');
    return this.checkKind(message, sender.proven);
  }

  /** Takes the message, or says why not. A repeated id changes nothing and is no refusal. */
  apply(message: Control, sender: { proven: boolean; nowMs: number }): Refusal | undefined {
    const refusal = this.check(message, sender);
    if (refusal || this.state.seen.includes(message.id)) return refusal;
    this.take(message, sender.nowMs);
    this.state = { ...this.state, seen: [...this.state.seen, message.id].slice(-REMEMBERED) };
    return undefined;
  }

  /**
   * An abort that comes from the run itself: a verdict, an error, a deadline, a cancel. The first cause stays. Once only the contract is left it
   * stops that. @returns false where there is nothing to abort.
   */
  abortFor(cause: Cause): boolean {
    if (this.state.point === 'contract') return this.stopContract(cause);
    if (this.state.closed || this.state.point === 'ended') return false;
    this.state = { ...this.state, abort: this.state.abort ?? cause, paused: false, gates: [] };
    return true;
  }

  /** The loop arrives somewhere; a skip asked for an earlier place is over. */
  enter(point: Point, step: number = this.state.step): void {
    this.state = { ...this.state, point, step, skipping: false };
  }

  /** Traffic is settled on `slot` and something else needs people: what was answered before does not count, and only that slot can be named. */
  ask(slot: Slot, nowMs: number): void {
    const attention = { atMs: nowMs, healthy: { blue: false, green: false }, unreachable: [], unserved: [], instances: [], only: slot };
    this.state = { ...this.state, point: 'attention', skipping: false, resolution: null, attention };
  }

  /** The roles have changed and a contract is left: nothing goes back, and an abort or a reject says that it is not run, or no further. */
  enterContract(step: number): void {
    this.enter('contract', step);
    this.state = { ...this.state, closed: true, paused: false, gates: [] };
  }

  /** The point of no return: from here on an abort is refused. @returns false when an abort came first. */
  closeAborts(): boolean {
    if (this.state.abort) return false;
    this.state = { ...this.state, closed: true, paused: false };
    return true;
  }

  /** Opens a gate; one that is open already (a reminder, one more reason) keeps its approvals. */
  open(gate: OpenGate): void {
    const approvals = this.state.gates.find(({ address }) => address === gate.address)?.approvals ?? gate.approvals;
    this.state = { ...this.state, gates: [...this.state.gates.filter(({ address }) => address !== gate.address), { ...gate, approvals }] };
  }

  close(address: string): void {
    this.state = { ...this.state, gates: this.state.gates.filter((gate) => gate.address !== address) };
  }

  hasPassed(address: string): boolean {
    return this.state.gates.some((gate) => gate.address === address && isPassed(gate));
  }

  sawInAttention(read: AttentionRead): void {
    this.state = { ...this.state, attention: read };
  }

  private checkContract(message: Control, proven: boolean): Refusal | undefined {
    switch (message.kind) {
      case 'abort': return undefined;
      case 'approve': case 'reject': return this.state.gates.length > 0 ? this.checkKind(message, proven) : no('GATE_NOT_OPEN', `no gate is open; ${STOPS_CONTRACT}`);
      default: return no('PAST_NO_RETURN', `the roles have changed; ${STOPS_CONTRACT}`);
    }
  }

  private checkKind(message: Control, proven: boolean): Refusal | undefined {
    const { paused, promoting, point, skipping } = this.state;
    switch (message.kind) {
      case 'pause': return paused ? no('ALREADY_PAUSED', 'it is paused') : undefined;
      case 'resume': return paused ? undefined : no('NOT_PAUSED', 'it is not paused');
      case 'promote': return promoting ? no('ALREADY_PROMOTING', 'it goes to 100 % already') : undefined;
      case 'skip': return (point === 'bake' || point === 'keep-warm') && !skipping ? undefined : no('NOTHING_TO_SKIP', 'no bake or keepWarm runs');
      case 'approve': return this.checkGate(message, (gate) => refusalOf(gate, message.by, { proven, requester: this.state.requester }));
      case 'reject': return this.checkGate(message, () => undefined);
      case 'abort': case 'resolve': return undefined;
    }
  }

  private checkGate(message: Control, refusal: (gate: OpenGate) => Refusal | undefined): Refusal | undefined {
    const gate = this.gateOf(message);
    if (!gate) return no('GATE_NOT_OPEN', message.gate ? `gate ${message.gate} is not open` : `${this.state.gates.length} gates are open; name one as <step>/<name>`);
    return isPassed(gate) ? no('ALREADY_DECIDED', `gate ${gate.address} has its approvals`) : refusal(gate);
  }

  private checkResolve(message: Control, nowMs: number): Refusal | undefined {
    if (this.state.point !== 'attention') return no('NOT_IN_ATTENTION', 'the deployment does not need attention');
    if (!message.resolve) return no('INVALID_REQUEST', 'resolve needs a slot or a router instance to drop');
    return resolveRefusal(message.resolve, this.state.attention ?? undefined, nowMs);
  }

  /** A bare message means the gate that is open, when it is the only one. */
  private gateOf(message: Control): OpenGate | undefined {
    const { gates } = this.state;
    if (message.gate !== undefined) return gates.find((gate) => gate.address === message.gate);
    return gates.length === 1 ? gates[0] : undefined;
  }

  private take(message: Control, nowMs: number): void {
    switch (message.kind) {
      case 'pause': this.state = { ...this.state, paused: true }; return;
      case 'resume': this.state = { ...this.state, paused: false }; return;
      case 'promote': this.state = { ...this.state, promoting: true }; return;
      case 'skip': this.state = { ...this.state, skipping: true }; return;
      case 'abort': this.giveUp(message); return;
      case 'reject': this.abortFor(causeOf('REJECTED', message)); return;
      case 'approve': this.approve(message, nowMs); return;
      case 'resolve': this.resolve(message); return;
    }
  }

  private stopContract(cause: Cause): boolean {
    this.state = { ...this.state, contractStopped: this.state.contractStopped ?? cause, gates: [] };
    return true;
  }

  /** In `needs-attention` the way back has begun: an abort there says that nothing is to be kept. */
  private giveUp(message: Control): void {
    if (this.state.point === 'attention') this.state = { ...this.state, givenUp: true };
    this.abortFor(causeOf('ABORTED', message));
  }

  private approve(message: Control, nowMs: number): void {
    const gate = this.gateOf(message);
    if (gate) this.state = { ...this.state, gates: this.state.gates.map((each) => (each === gate ? withApproval(gate, message.by, nowMs) : each)) };
  }

  private resolve(message: Control): void {
    if (!message.resolve) return;
    if ('drop' in message.resolve) this.state = { ...this.state, dropped: [...this.state.dropped, message.resolve.drop] };
    else this.state = { ...this.state, resolution: { slot: message.resolve.slot, by: message.by.name } };
  }
}

function no(code: ErrorCode, text: string): Refusal {
  return { code, text };
}

function causeOf(code: ErrorCode, message: Control): Cause {
  return { code, by: message.by.name, text: message.reason ?? (code === 'REJECTED' ? `rejected by ${message.by.name}` : `aborted by ${message.by.name}`) };
}
