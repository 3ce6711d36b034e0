import type { SlotLoad, Traffic } from '../domain/analysis/traffic.js';
import type { PersistPolicy, Persistence } from '../domain/router/persistence.js';
import type { Generation, RouterEntry, Slot } from '../domain/router/entry.js';
import type { Fence } from '../domain/router/fence.js';
import type { InstanceSurvey } from './survey.js';

/**
 * One load balancer, of one or several instances, that holds the entries of many environments.
 *
 * Promises of every implementation, held by `contract.ts`:
 * - No call throws because an instance is away: its result says so, and the other instances are served all the same.
 * - Every call ends within its time limit (a few seconds), whatever the instances do.
 * - `read` asks the running process, never a file.
 * - Every call that takes a `FencedSlot` compares its fence with the entry on each instance, right before each change there and by a reading that is
 *   at most a second old by the writer's own clock. Where the entry is not the writer's to work beside (`mayWrite`), it changes nothing on that
 *   instance and throws `SUPERSEDED`, after the other instances were served.
 */
export interface Router {
  readonly name: string;
  readonly capabilities: RouterCapabilities;
  /** Instances that the operator has taken out: no call asks them, no report names them. */
  readonly maintenance: readonly string[];
  readonly persistPolicy: PersistPolicy;

  /** What each instance says now. Idempotent, changes nothing. */
  read(backend: string): Promise<RouterReading>;

  /**
   * What each instance holds of many entries, read at once and at little cost: for whoever looks at all of them every few seconds. Idempotent,
   * changes nothing. An entry that an instance has no place for is missing among its `entries`.
   */
  survey(backends: readonly string[]): Promise<RouterSurvey>;

  /**
   * Writes `entry` on every instance: read, compare, set, read back on one admin connection. Idempotent by `entry.generation`.
   * A generation that is neither replaceable (see `mayReplace`) nor the same is a `conflict` and changes nothing.
   * A shift that gives the candidate a share, or stable's role, is answered `pulled` when a tombstone of its own deployment is there, before or after the write;
   * when after, its own generation has a tombstone too by the time the call returns.
   */
  shift(request: ShiftRequest): Promise<ShiftReport>;

  /**
   * Adds a tombstone for `generation` on every instance: its candidate share is stable's from the next request on. Idempotent; never writes the split.
   *
   * @param onPulled told of each instance as soon as it has confirmed, while others may still be waited for.
   */
  pull(backend: string, generation: Generation, onPulled?: (instance: string) => void): Promise<PullReport>;

  /** Requests and errors per slot since `marks` (from the call before; without: marks only, all counts 0). Restarted counters count from 0. */
  observe(backend: string, marks?: CounterMarks): Promise<Observation>;

  /** Waits until no instance has a request in flight to the slot (twice, 25 ms apart), at most `timeoutMs`; then ends what is left. @throws SUPERSEDED */
  drain(at: FencedSlot, options: DrainOptions): Promise<DrainReport>;

  /** Puts the instances into the slot, not yet in rotation. Idempotent; other servers of the slot are left alone. @throws SUPERSEDED, ROUTER_SLOT_FULL, ROUTER_UNREACHABLE, ROUTER_ENTRY_UNKNOWN */
  register(at: FencedSlot, instances: readonly RouterServer[]): Promise<void>;

  /** Takes registered instances into rotation. Call it only after a probe of our own. Idempotent. @throws SUPERSEDED, ROUTER_UNREACHABLE, ROUTER_ENTRY_UNKNOWN */
  ready(at: FencedSlot, instances: readonly RouterServer[]): Promise<void>;

  /**
   * Puts what a slot lacks, as after a restart that lost its servers, into rotation and reads it back, on each instance by itself. A server that an
   * instance has already is left as it is, also one that a person took out of rotation.
   *
   * A server that was just put in counts as up before anybody has checked it, and a dead one for about half a second: name only servers that
   * have just answered a probe. An instance that lost everything gets the servers of the slot that serves first, then its entry, then the candidate's.
   */
  ensure(request: EnsureRequest): Promise<EnsureReport>;

  /** Takes instances out of the slot: those given, or all. Idempotent. @throws SUPERSEDED, ROUTER_UNREACHABLE, ROUTER_ENTRY_UNKNOWN */
  remove(at: FencedSlot, instances?: readonly RouterServer[]): Promise<void>;

  /**
   * Writes what each instance holds to its disk, whether it has changed or not, and says whether it is there: the entry, tombstones and servers of `backend`,
   * or of every entry. Idempotent; what serves does not change.
   */
  persist(backend?: string): Promise<PersistReport>;

  /**
   * What this process knows of each instance's disk, by its own last write or reading, without asking anybody: for `backend`, or for everything that
   * the instance holds.
   */
  persistence(backend?: string): readonly InstancePersistence[];

  /** Closes connections; the router is not usable afterwards. */
  close(): Promise<void>;
}

export interface RouterCapabilities {
  /** A late writer is refused by construction. */
  readonly fenced: boolean;
  /** All shares change in one write. */
  readonly atomicShift: boolean;
  /** The smallest step of a share, in basis points. */
  readonly percentStep: number;
  readonly sticky: boolean;
  /** `x-slipway-slot: blue|green` chooses the slot. */
  readonly headerOverride: boolean;
  /** Entry and servers survive a restart of the router, by how it is set up; whether they would now says `persistence`. */
  readonly persists: boolean;
  readonly percentiles: boolean;
  /** A shift loses no request. */
  readonly lossless: boolean;
}

/** A slot of a backend, and the fence of whoever changes something in it. */
export interface FencedSlot {
  readonly backend: string;
  readonly slot: Slot;
  readonly fence: Fence;
}

export interface RouterServer {
  /** Unique within the environment: the target's instance id. */
  readonly id: string;
  /** `host:port`, an IP address. */
  readonly address: string;
}

/** An instance of the router that did not answer, does not know the backend, or answered nonsense. Only the first may pass by itself. */
export interface Unreachable {
  readonly instance: string;
  readonly ok: false;
  readonly code: 'ROUTER_UNREACHABLE' | 'ROUTER_ENTRY_UNKNOWN' | 'ROUTER_ENTRY_INVALID' | 'ROUTER_SLOT_FULL' | 'SUPERSEDED';
  readonly detail: string;
}

export interface SlotReading {
  readonly servers: readonly { readonly address: string; readonly inRotation: boolean; readonly up: boolean }[];
  /** Requests running plus queued. */
  readonly inFlight: number;
}

export interface InstanceReading {
  readonly instance: string;
  readonly ok: true;
  /** What requests are routed by; of an instance without an entry of its own, the unmanaged one. */
  readonly entry: RouterEntry;
  /**
   * Whether the instance holds an entry: it has none before the first shift, or when it lost it. A HAProxy that was installed anew holds the one of
   * its first map, which is the unmanaged one: of either kind `entry.generation` is `none`.
   */
  readonly hasEntry: boolean;
  readonly tombstones: readonly Generation[];
  readonly slots: Readonly<Record<Slot, SlotReading>>;
  /** The start of the process: another value than before means that it restarted. */
  readonly epoch: string;
}

export interface RouterSurvey {
  readonly instances: readonly (({ readonly instance: string; readonly ok: true } & InstanceSurvey) | Unreachable)[];
}

export interface RouterReading {
  readonly instances: readonly (InstanceReading | Unreachable)[];
}

export interface ShiftRequest {
  readonly backend: string;
  readonly entry: RouterEntry;
  /** The generation the deployment found when it began. */
  readonly base: Generation;
  /** The deployment's first shift: tombstones of other deployments are deleted. */
  readonly clearOthers?: boolean;
  /** A person named the slot that serves (`resolve`): tombstones of this deployment refuse nothing. */
  readonly despitePull?: boolean;
  /** The router instances that are meant, by name. @default all */
  readonly only?: readonly string[];
  /** Router instances to leave out, by name: those that a `resolve {drop}` gave up. */
  readonly except?: readonly string[];
}

export type ShiftOutcome =
  | { readonly instance: string; readonly ok: true; readonly outcome: 'done' | 'already'; readonly entry: RouterEntry }
  | { readonly instance: string; readonly ok: true; readonly outcome: 'pulled' | 'conflict'; readonly entry: RouterEntry; readonly detail: string }
  | Unreachable;

export interface ShiftReport {
  readonly instances: readonly ShiftOutcome[];
}

export interface EnsureRequest extends FencedSlot {
  /** What the slot must hold. */
  readonly servers: readonly RouterServer[];
  /** The router instances that are meant, by name. @default all */
  readonly only?: readonly string[];
  /** Router instances to leave out, by name. */
  readonly except?: readonly string[];
}

/** What became of the servers asked for, by address. */
export interface EnsuredServers {
  /** Were absent and are in rotation now. */
  readonly restored: readonly string[];
  /** Are there and not up: checks fail, or somebody took them out of rotation. */
  readonly down: readonly string[];
}

export interface EnsureReport {
  readonly instances: readonly (({ readonly instance: string; readonly ok: true } & EnsuredServers) | Unreachable)[];
}

export interface PullReport {
  readonly instances: readonly ({ readonly instance: string; readonly ok: true } | Unreachable)[];
}

export interface InstancePersistence {
  readonly instance: string;
  readonly persistence: Persistence;
}

export interface PersistReport {
  readonly instances: readonly ((InstancePersistence & { readonly ok: true }) | Unreachable)[];
}

/** Opaque to callers, plain JSON: it travels in heartbeats. */
export type CounterMarks = Readonly<Record<string, string>>;

/** What one slot did since the marks, and what runs in it now. */
export interface SlotCounts extends Traffic {
  readonly load: SlotLoad;
}

export interface InstanceObservation {
  readonly instance: string;
  readonly ok: true;
  readonly slots: Readonly<Record<Slot, SlotCounts>>;
  /** Whether the process was started anew since the marks: it may have lost what it held. */
  readonly restarted: boolean;
}

export interface Observation {
  readonly instances: readonly (InstanceObservation | Unreachable)[];
  readonly marks: CounterMarks;
}

export interface DrainOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (inFlight: number) => void;
}

export interface DrainReport {
  /** What was still in flight at the end, before it was forced. */
  readonly inFlight: number;
  readonly forced: boolean;
  /** Instances that could not be read: the slot must not be stopped. */
  readonly unread: readonly string[];
}
