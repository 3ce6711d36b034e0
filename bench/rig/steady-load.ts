import { Agent, request as httpRequest } from 'node:http';

/** One request of the load, as its client saw it. Times by `performance.now()`. */
export interface Sent {
  readonly at: number;
  /** Absent while it waits. */
  endedAt?: number;
  /** 0: no answer. */
  status?: number;
}

export interface SteadyLoad {
  readonly sent: readonly Sent[];
  /** Sends no more and waits for what was sent. */
  stop(): Promise<void>;
}

/** A user has given up by then. */
export const PATIENCE_MS = 5_000;
const GIVE_UP_MS = 10_000;
const TICK_MS = 20;

/** Requests at a rate that no slow answer slows down, each by a user that is new. */
export function startSteadyLoad(port: number, perSecond: number): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const sent: Sent[] = [];
  const waiting = new Set<Promise<void>>();
  const began = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
    while (sent.length < due) {
      const one: Sent = { at: performance.now() };
      sent.push(one);
      const over = send(agent, port, one).finally(() => waiting.delete(over));
      waiting.add(over);
    }
  }, TICK_MS);
  return {
    sent,
    async stop() {
      clearInterval(timer);
      await Promise.all(waiting);
      agent.destroy();
    },
  };
}

/** A request that failed, or that its user would not have waited for. */
export function isHarmed({ at, endedAt, status }: Sent, now: number): boolean {
  if (endedAt === undefined) return now - at > PATIENCE_MS;
  return status !== 200 || endedAt - at > PATIENCE_MS;
}

function send(agent: Agent, port: number, one: Sent): Promise<void> {
  return new Promise((resolve) => {
    const end = (status: number): void => {
      one.endedAt ??= performance.now();
      one.status ??= status;
      resolve();
    };
    const request = httpRequest({ host: '127.0.0.1', port, path: '/', agent, timeout: GIVE_UP_MS }, (answer) => {
      answer.resume().once('end', () => end(answer.statusCode ?? 0)).once('error', () => end(0));
    });
    request.once('timeout', () => request.destroy(new Error('the user has left')));
    request.once('error', () => end(0)).end();
  });
}
