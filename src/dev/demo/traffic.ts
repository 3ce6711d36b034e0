import { Agent, request } from 'node:http';

/** Steady requests to one address, counted. */
export interface Traffic {
  readonly perSecond: number;
  count(): TrafficCount;
  stop(): void;
}

export interface TrafficCount {
  readonly requests: number;
  /** Answers with a status of 500 or above, and requests without an answer. */
  readonly failed: number;
}

const ANSWER_TIMEOUT_MS = 10_000;
/** Fewer timers than requests: each tick sends what is due. */
const TICK_MS = 10;
/** What a pause of this process may make up for at most, so that a stall is not followed by a burst. */
const MOST_DUE = 20;

/** Starts at once; each request is a new user, so that the split decides anew. Connections are kept. */
export function startTraffic(url: string, perSecond: number): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const count = { requests: 0, failed: 0 };
  const startedMs = performance.now();
  let due = 0;
  let lastMs = startedMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    due = Math.min(due + ((nowMs - lastMs) / 1_000) * perSecond, MOST_DUE);
    lastMs = nowMs;
    for (; due >= 1; due -= 1) void sendOne(url, agent).then((outcome) => {
      count.requests += 1;
      if (outcome === 'failed') count.failed += 1;
    });
  }, TICK_MS);
  return {
    perSecond,
    count: () => ({ ...count }),
    stop() {
      clearInterval(timer);
      agent.destroy();
    },
  };
}

function sendOne(url: string, agent: Agent): Promise<'answered' | 'failed'> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent, timeout: ANSWER_TIMEOUT_MS }, (response) => {
      response.resume();
      response.once('close', () => resolve(response.complete && (response.statusCode ?? 500) < 500 ? 'answered' : 'failed'));
    });
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.once('error', () => resolve('failed'));
    outgoing.end();
  });
}
