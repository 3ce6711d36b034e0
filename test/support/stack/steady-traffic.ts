import { setTimeout as sleep } from 'node:timers/promises';
import { get } from '../router-scene.js';

export interface SteadyTraffic {
  readonly sent: number;
  /** What was not answered with 200, by what came instead. */
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

const PAUSE_MS = 20;

/** One request after the other, each on a connection of its own, until it is stopped: at most fifty a second. */
export function startTraffic(port: number): SteadyTraffic {
  const failures: string[] = [];
  let sent = 0;
  let going = true;
  const running = (async () => {
    while (going) {
      sent += 1;
      const came = await get(port, '/').then(({ status }) => String(status), (error: unknown) => String(error));
      if (came !== '200') failures.push(came);
      await sleep(PAUSE_MS);
    }
  })();
  return { get sent() { return sent; }, failures, stop: async () => { going = false; await running; } };
}
