import type { RouterEntry, Slot } from '../../domain/router/entry.js';
import { NO_GENERATION } from '../../domain/router/entry.js';
import { generationOf } from '../../domain/router/generation.js';
import type { FencedSlot, Router, RouterServer, ShiftRequest, Unreachable } from '../router.js';

/** One router under test with a running server per slot, and the means to send it requests. */
export interface RouterScene {
  readonly router: Router;
  readonly backend: string;
  /** A backend that no instance is configured with. */
  readonly unknownBackend: string;
  /** One server a slot; it answers with its slot's name. */
  readonly servers: Readonly<Record<Slot, RouterServer>>;
  /** Sends one request through the first instance. */
  send(request?: SceneRequest): Promise<SceneAnswer>;
  /** Starts a request to the slot that stays in flight until `finish`; resolves when it has arrived at the server. */
  hold(slot: Slot): Promise<HeldRequest>;
  /** Sends a request to the slot that its server never answers; resolves when it has arrived there. */
  hang(slot: Slot): Promise<LeavableRequest>;
  /** Sends a GET to the slot whose server closes the connection without an answer, and waits for what the router makes of it. */
  hangUp(slot: Slot): Promise<{ readonly tries: number }>;
  /** Opens a connection to the slot that changes its protocol. */
  upgrade(slot: Slot): Promise<LeavableRequest>;
  /** From now on the slot's server answers 500, 404, or well again. */
  answer(slot: Slot, how: 'well' | 'failing' | 'missing'): void;
  /** The slot's server dies, or comes back at the same address. */
  server(slot: Slot, state: 'down' | 'up'): Promise<void>;
  /** Makes one instance unreachable and names it; only where the router has more than one. */
  readonly loseInstance?: () => Promise<string>;
  /** Kills every instance and starts it again. */
  restart(): Promise<void>;
  /** The same, and what they had kept on disk is gone. */
  restartWithoutFiles(): Promise<void>;
  /** A stranger writes text over the entry; only where one can. */
  readonly overwrite?: (text: string) => Promise<void>;
  /** The disks of all instances take nothing any more, or do again; only where they can be made to. */
  readonly disk?: (how: 'failing' | 'well') => Promise<void>;
  /** The number of servers a slot has room for; absent where it has no end. */
  readonly slotSize?: number;
  close(): Promise<void>;
}

/** What only some routers under test have: each brings further promises. */
export type RouterFeature = 'failing disk' | 'several instances' | 'strangers' | 'limited room' | 'percentiles';

export interface SceneRequest {
  readonly bucket?: number;
  readonly override?: Slot;
}

export interface SceneAnswer {
  readonly status: number;
  /** Who served it. */
  readonly slot?: Slot;
  /** What the router put into the cookie. */
  readonly bucket?: number;
}

export interface HeldRequest {
  finish(): Promise<void>;
  /** Settles when the client has an answer, or none any more. */
  readonly ended: Promise<'answered' | 'cut'>;
}

export interface LeavableRequest {
  /** The client goes away. */
  leave(): Promise<void>;
}

export type SceneHolder = () => RouterScene;

export const DEPLOYMENT = '01JAAAAAAAAAAAAAAAAAAAAAAA';
export const NEXT_DEPLOYMENT = '01JBBBBBBBBBBBBBBBBBBBBBBB';

/** Blue is stable, green gets a share. */
export function stepTo(candidateShare: number, n = 1, deployment = DEPLOYMENT): RouterEntry {
  return { stable: 'blue', phase: 'moving', generation: generationOf(deployment, n), candidateShare, baselineShare: 0, deployment: 'adopted' };
}

export function settledOn(stable: Slot, n: number, deployment = DEPLOYMENT): RouterEntry {
  return { stable, phase: 'settled', generation: generationOf(deployment, n), candidateShare: 0, baselineShare: 0, deployment };
}

export async function shift({ router, backend }: RouterScene, entry: RouterEntry, more: Partial<ShiftRequest> = {}): Promise<readonly string[]> {
  const report = await router.shift({ backend, entry, base: NO_GENERATION, ...more });
  return report.instances.map((one) => (one.ok ? one.outcome : one.code));
}

/** Both servers are in rotation. */
export async function fillSlots({ router, backend, servers }: RouterScene): Promise<void> {
  for (const slot of ['blue', 'green'] as const) {
    const at = await foundNow(router, backend, slot);
    await router.register(at, [servers[slot]]);
    await router.ready(at, [servers[slot]]);
  }
}

/** A slot, with the fence of a writer who has just found the entry as it is. */
export async function foundNow(router: Router, backend: string, slot: Slot): Promise<FencedSlot> {
  const { instances } = await router.read(backend);
  const [found = NO_GENERATION] = instances.flatMap((one) => (one.ok ? [one.entry.generation] : []));
  return { backend, slot, fence: { generation: found, base: found } };
}

/** @throws when an instance did not answer. */
export function allAnswered<T extends { readonly instance: string; readonly ok: true }>(report: { readonly instances: readonly (T | Unreachable)[] }): readonly T[] {
  return report.instances.map((one) => {
    if (!one.ok) throw new Error(`${one.instance}: ${one.code}: ${one.detail}`);
    return one;
  });
}

/** Waits for a condition. @throws when it does not hold within `withinMs`. */
export async function eventually(what: string, holds: () => Promise<boolean>, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Sends one request a bucket, one after another, and says who served each. */
export async function served(scene: RouterScene, buckets: readonly number[]): Promise<(Slot | undefined)[]> {
  const slots: (Slot | undefined)[] = [];
  for (const bucket of buckets) slots.push((await scene.send({ bucket })).slot);
  return slots;
}
