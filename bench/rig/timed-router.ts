import type { Router } from '../../src/routers/router.js';

/** When what happened last, by `performance.now()`. */
export interface RouterTimes {
  /** The newest reading of the counters arrived. */
  sampledAt: number;
  /** What `sampledAt` was when the first pull left. */
  breachedAt: number | undefined;
  /** The pull of the last generation was confirmed by every instance. */
  pulledAt: number | undefined;
  pullsInFlight: number;
  drainedMs: number;
}

export interface TimedRouter {
  readonly router: Router;
  readonly times: RouterTimes;
  reset(): void;
  /** Resolves in the moment in which the next first pull leaves. */
  firstPull(): Promise<void>;
}

/** The router itself, with a clock beside it. */
export function timedRouter(inner: Router): TimedRouter {
  const times: RouterTimes = { sampledAt: 0, breachedAt: undefined, pulledAt: undefined, pullsInFlight: 0, drainedMs: 0 };
  let onPull = (): void => {};
  const router: Router = {
    ...inner,
    async observe(backend, marks) {
      const observation = await inner.observe(backend, marks);
      times.sampledAt = performance.now();
      return observation;
    },
    async pull(backend, generation, onPulled) {
      times.breachedAt ??= times.sampledAt;
      onPull();
      times.pullsInFlight += 1;
      const report = await inner.pull(backend, generation, onPulled);
      times.pullsInFlight -= 1;
      if (report.instances.every(({ ok }) => ok)) times.pulledAt = performance.now();
      return report;
    },
    async drain(at, options) {
      const began = performance.now();
      const report = await inner.drain(at, options);
      times.drainedMs += performance.now() - began;
      return report;
    },
  };
  return {
    router,
    times,
    firstPull: () => new Promise((resolve) => { onPull = resolve; }),
    reset: () => void Object.assign(times, { breachedAt: undefined, pulledAt: undefined, drainedMs: 0 }),
  };
}
