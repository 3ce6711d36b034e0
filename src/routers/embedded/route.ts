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
  /** The head of a server came. */
  headed(status: number): void;
  /** The router itself answers: no server gave a head. */
  refused(): void;
  /** The answer breaks off after its head. */
  brokeOff(): void;
  /** The request has ended; without a head or an answer of the router, its client has left. */
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

function countIn(slot: SlotState, { end }: LiveRequest): Omit<Route, 'slot' | 'cookie'> {
  const { counts, live } = slot;
  const startedAt = performance.now();
  let state: 'waiting' | 'streaming' | 'answered' | 'cut' = 'waiting';
  let failed = false;
  const fail = (): void => {
    if (!failed) counts.errors += 1;
    failed = true;
  };
  // Whoever is cut off at a drain's deadline did not leave by itself.
  const request: LiveRequest = { end: () => {
    if (state === 'waiting') leaveWaiting('cut');
    end();
  } };
  const leaveWaiting = (next: typeof state): void => {
    slot.waiting -= 1;
    state = next;
  };
  counts.begun += 1;
  slot.waiting += 1;
  live.add(request);
  return {
    headed(status) {
      leaveWaiting('streaming');
      slot.streaming += 1;
      const bucket = bucketOf(performance.now() - startedAt);
      counts.latency[bucket] = (counts.latency[bucket] ?? 0) + 1;
      counts.headed += 1;
      if (status >= 400 && status < 500) counts.clientErrors += 1;
      if (status >= 500) fail();
    },
    refused() {
      leaveWaiting('answered');
      counts.ownErrors += 1;
      fail();
    },
    brokeOff: fail,
    close() {
      counts.requests += 1;
      if (state === 'waiting') {
        leaveWaiting('cut');
        counts.quit += 1;
      } else if (state === 'streaming') slot.streaming -= 1;
      live.delete(request);
    },
  };
}

function bucketOfCookie(cookie: string | undefined): number | undefined {
  const match = /(?:^|;\s*)slipway_b=(\d{1,4})(?:;|$)/.exec(cookie ?? '');
  return match ? Number(match[1]) : undefined;
}
