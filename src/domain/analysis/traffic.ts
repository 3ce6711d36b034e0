import { addBuckets, type LatencyBuckets } from './latency.js';

/**
 * What happened in one slot in some stretch of time: differences of counters that only grow.
 *
 * A request begins when it gets its slot, before any queue or retry, and is headed when the head of a server's answer came. What began and has
 * neither ended nor been headed is waiting: see `SlotLoad`.
 */
export interface Traffic {
  /** Requests that ended, whatever the end. */
  readonly requests: number;
  /** Answers with a status of 500 or above as the client got them, and answers that broke off. */
  readonly errors: number;
  /** Requests that began. */
  readonly begun: number;
  /** Heads of servers that came, those of streams and tunnels included. */
  readonly headed: number;
  /** Attempts at a server: each retry is one more. */
  readonly attempts: number;
  /** Attempts that ended without a head, retried or not, those that the client gave up included. */
  readonly failedAttempts: number;
  /** Requests whose client gave up before the head. */
  readonly quit: number;
  /** Requests that the router itself answered with 502, 503 or 504. */
  readonly ownErrors: number;
  /** Heads with a status of 400 to 499, by the servers. */
  readonly clientErrors: number;
  /** Times from a request's begin to its head; only where the router counts them. */
  readonly latency?: LatencyBuckets;
}

/** What runs in one slot at the moment of a reading. */
export interface SlotLoad {
  /** Requests that began and have no head yet: queued, connecting, between retries, or at a server that does not answer. */
  readonly waiting: number;
  /** Requests with a head whose body or tunnel is still open. */
  readonly streaming: number;
  readonly servers: readonly ServerLoad[];
}

export interface ServerLoad {
  readonly address: string;
  /** Attempts that run at this server, waiting and streaming alike. */
  readonly inFlight: number;
  /** Attempts at this server that began since the reading before. */
  readonly attempts: number;
  /** Heads that came from it since then. */
  readonly headed: number;
}

export const NO_TRAFFIC: Traffic = { requests: 0, errors: 0, begun: 0, headed: 0, attempts: 0, failedAttempts: 0, quit: 0, ownErrors: 0, clientErrors: 0 };

export const NO_LOAD: SlotLoad = { waiting: 0, streaming: 0, servers: [] };

export function addTraffic(a: Traffic, b: Traffic): Traffic {
  const latency = addBuckets(a.latency, b.latency);
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    begun: a.begun + b.begun,
    headed: a.headed + b.headed,
    attempts: a.attempts + b.attempts,
    failedAttempts: a.failedAttempts + b.failedAttempts,
    quit: a.quit + b.quit,
    ownErrors: a.ownErrors + b.ownErrors,
    clientErrors: a.clientErrors + b.clientErrors,
    ...(latency && { latency }),
  };
}

/** Traffic of which every request was answered by one attempt at a server, but for what is given otherwise. */
export function answered(given: AnsweredTraffic): Traffic {
  const { requests } = given;
  return { ...NO_TRAFFIC, begun: requests, headed: requests, attempts: requests, ...given };
}

export type AnsweredTraffic = Pick<Traffic, 'requests' | 'errors'> & Partial<Traffic>;
