import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bucketOf } from '../../domain/analysis/latency.js';
import { slotFor } from '../routing-rule.js';
import { type Backend, isUp, type LiveRequest, type SlotState } from './backend.js';

/** A request on its way: counted in the slot that serves it until `close`. */
export interface Route {
  readonly slot: SlotState;
  /** The cookie to set, for a client that has none yet. */
  readonly cookie?: string;
  /** Counts the answer and its latency, once. */
  answered(status: number): void;
  /** Counts a request that gets no answer, or only a part of one. */
  failed(): void;
  close(): void;
}

/** Chooses the slot by the rules of every router and counts the request there. */
export function routeRequest(backend: Backend, request: IncomingMessage, live: LiveRequest): Route {
  const known = bucketOfCookie(request.headers.cookie);
  const bucket = known ?? randomInt(10_000);
  const override = request.headers['x-slipway-slot'];
  const asked = override === 'blue' || override === 'green' ? { bucket, override } as const : { bucket };
  const { slots } = backend;
  const slot = slots[slotFor(asked, backend.cell, { blue: isUp(slots.blue), green: isUp(slots.green) })];
  const cookie = `slipway_b=${bucket}; Path=/; HttpOnly; SameSite=Lax`;
  return { ...countIn(slot, live), slot, ...(known === undefined ? { cookie } : {}) };
}

function countIn(slot: SlotState, live: LiveRequest): Omit<Route, 'slot' | 'cookie'> {
  const startedAt = performance.now();
  let failures = 0;
  slot.requests += 1;
  slot.live.add(live);
  const fail = (): void => {
    if (failures === 0) slot.errors += 1;
    failures += 1;
  };
  return {
    answered(status) {
      const bucket = bucketOf(performance.now() - startedAt);
      slot.latency[bucket] = (slot.latency[bucket] ?? 0) + 1;
      if (status >= 500) fail();
    },
    failed: fail,
    close: () => void slot.live.delete(live),
  };
}

function bucketOfCookie(cookie: string | undefined): number | undefined {
  const match = /(?:^|;\s*)slipway_b=(\d{1,4})(?:;|$)/.exec(cookie ?? '');
  return match ? Number(match[1]) : undefined;
}
