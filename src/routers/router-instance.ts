import type { Generation, Slot } from '../domain/router/entry.js';
import type { Persistence } from '../domain/router/persistence.js';
import type { ShiftResult } from './apply-shift.js';
import type { Counters } from './counters.js';
import type { FencedSlot, RouterServer, ShiftRequest, SlotReading } from './router.js';
import type { Cell } from './shift-rule.js';
import type { InstanceSurvey } from './survey.js';

/**
 * One running process of a router. Every call ends within its own time limit and throws `ROUTER_UNREACHABLE`, `ROUTER_ENTRY_UNKNOWN` or
 * `ROUTER_ENTRY_INVALID` where the process does not answer, does not know the backend or holds nonsense; `routerOfInstances` makes a whole router of several.
 * Calls that take a `FencedSlot` compare the fence with the entry right before each change and throw `SUPERSEDED`.
 */
export interface RouterInstance {
  readonly name: string;
  read(backend: string): Promise<InstanceState>;
  survey(backends: readonly string[]): Promise<InstanceSurvey>;
  shift(request: ShiftRequest): Promise<ShiftResult>;
  pull(backend: string, generation: Generation): Promise<void>;
  counters(backend: string): Promise<Counters>;
  /** Requests running plus queued. */
  inFlight(backend: string, slot: Slot): Promise<number>;
  endRequests(at: FencedSlot): Promise<void>;
  register(at: FencedSlot, servers: readonly RouterServer[]): Promise<void>;
  ready(at: FencedSlot, servers: readonly RouterServer[]): Promise<void>;
  remove(at: FencedSlot, servers: readonly RouterServer[] | undefined): Promise<void>;
  /** Writes this instance's files now, as `Router.persist` promises for all of them. */
  persist(backend?: string): Promise<Persistence>;
  /** Says what is known of this instance's files without looking, as `Router.persistence` does for all of them. */
  persistence(backend?: string): Persistence;
  close(): Promise<void>;
}

export interface InstanceState extends Cell {
  /** Whether `entry` is one that the process holds, as opposed to what it routes by without. */
  readonly hasEntry: boolean;
  /** Differs after each start of the process. */
  readonly epoch: string;
  readonly slots: Readonly<Record<Slot, SlotReading>>;
}
