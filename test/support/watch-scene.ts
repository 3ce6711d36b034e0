import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createWatchActivities, type WatchActivities } from '../../src/activities/watch/create-watch-activities.js';
import { createFakeClock } from '../../src/activities/watch/fake-clock.js';
import { createFakeOwnership } from '../../src/activities/watch/fake-ownership.js';
import { repeat } from '../../src/activities/watch/repeat.js';
import type { WatchInput, WatchProgress, WatchResult } from '../../src/domain/deployment/watching.js';
import type { RouterEntry } from '../../src/domain/router/entry.js';
import { createFakeMetricSource } from '../../src/metrics/fake-metric-source.js';
import { createFakeProber } from '../../src/probes/fake-prober.js';
import type { FakeTraffic } from '../../src/routers/fake/fake-control.js';
import { foundNow } from '../../src/routers/contract/scene.js';
import { createFakeRouter } from '../../src/routers/fake/fake-router.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';

export const BACKEND = 'checkout-production';
export const CANARY: RouterEntry = { stable: 'blue', phase: 'moving', generation: '01D.1', candidateShare: 1_000, baselineShare: 0, deployment: '01C' };
export const SETTLED: RouterEntry = { ...CANARY, phase: 'settled', generation: '01C.3', candidateShare: 0 };

export interface Attempt {
  readonly environment: MockActivityEnvironment;
  readonly result: Promise<WatchResult>;
  readonly beats: WatchProgress[];
}

export interface SceneOptions {
  /** Router instances. @default ['a', 'b'] */
  readonly instances?: readonly string[];
  /** @default true */
  readonly databaseUp?: () => boolean;
}

/** A watch with everything around it in memory, on a clock that stands still unless it is run. */
export function createWatchScene({ instances = ['a', 'b'], databaseUp = () => true }: SceneOptions = {}) {
  const clock = createFakeClock();
  const { router, control } = createFakeRouter({ name: 'edge', instances });
  const prober = createFakeProber();
  const metrics = createFakeMetricSource();
  const ownership = createFakeOwnership();
  const stores = createMemoryStores({ now: () => clock.now(), available: databaseUp });
  const told: string[] = [];
  const toldOfDisk: string[] = [];
  const workers = new Map<string, WatchActivities>();
  const workerOf = (worker: string): WatchActivities => workers.get(worker) ?? createWatchActivities({
    worker, routers: () => router, prober, metricSource: () => metrics, events: stores.events, observations: stores.observations, clock, ownership,
    reportShift: async (_workflow, entry) => void told.push(entry.generation),
    reportPersistence: async (_workflow, { persisted }) => void toldOfDisk.push(persisted),
    logger: { info: () => {}, warn: () => {} },
  });

  /** Both slots serve, and every instance of the router holds the entry. */
  async function serve(entry: RouterEntry = CANARY): Promise<void> {
    for (const [slot, address] of [['blue', '127.0.0.1:9001'], ['green', '127.0.0.1:9002']] as const) {
      await router.ready(await foundNow(router, BACKEND, slot), [{ id: slot, address }]);
    }
    await router.shift({ backend: BACKEND, entry, base: 'none' });
  }

  function begin(input: WatchInput, before: { readonly heartbeatDetails?: unknown; readonly attempt?: number; readonly worker?: string } = {}): Attempt {
    const { worker = 'worker-1' } = before;
    const activities = workerOf(worker);
    workers.set(worker, activities);
    const beats: WatchProgress[] = [];
    const environment = new MockActivityEnvironment({ activityId: '7', attempt: before.attempt ?? 1, heartbeatDetails: before.heartbeatDetails }, { logger: new DefaultLogger('ERROR') });
    // As it would travel: through JSON.
    environment.on('heartbeat', (details) => beats.push(JSON.parse(JSON.stringify(details)) as WatchProgress));
    return { environment, beats, result: environment.run((given: WatchInput) => activities.watch(given), input) };
  }

  /** So many requests each half second from now on, until the attempt has ended. */
  function traffic(attempt: Attempt, requests: number, kind: FakeTraffic = {}): void {
    const over = new AbortController();
    attempt.result.then(() => over.abort(), () => over.abort());
    void repeat(clock, over.signal, () => 500, async () => void control.traffic(BACKEND, requests, kind));
  }

  async function events(): Promise<string[]> {
    return (await stores.events.after('01D', 0, 100)).map(({ kind }) => kind);
  }

  return { clock, router, control, prober, metrics, ownership, stores, told, toldOfDisk, serve, begin, traffic, events };
}

/** As when the worker that runs the attempt is shut down. */
export function shutDownWorker({ environment }: Attempt): void {
  environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
}

/** As when the workflow cancels the watch. */
export function requestCancel({ environment }: Attempt): void {
  environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
}

/** As when heartbeats are not answered: the SDK gives the attempt up by its own clock. */
export function giveUpLocally({ environment }: Attempt): void {
  environment.cancel('TIMED_OUT', new ActivityCancellationDetails({ timedOut: true, notFound: true }));
}
