import { createFakeClock, type FakeClock } from '../../src/activities/watch/fake-clock.js';
import type { KeeperDeps } from '../../src/activities/keeper/deps.js';
import { DriftNotices } from '../../src/activities/keeper/drift-notices.js';
import { KeeperRounds } from '../../src/activities/keeper/keeper-round.js';
import { firstStatusOf } from '../../src/domain/deployment/first-status.js';
import { encodeEntry, type RouterEntry } from '../../src/domain/router/entry.js';
import type { DriftPolicy, DriftRecord } from '../../src/domain/keeper/drift.js';
import type { NotifySpec } from '../../src/domain/service/environment.js';
import { createFakeNotifier, type FakeNotifier } from '../../src/notifiers/fake-notifier.js';
import { NOTICE_KINDS } from '../../src/notifiers/notifier.js';
import { createFakeProber, type FakeProber } from '../../src/probes/fake-prober.js';
import { createFakeRouter, type FakeRouter } from '../../src/routers/fake/fake-router.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import type { Stores } from '../../src/store/stores.js';
import { createFakeTarget, type FakeTarget } from '../../src/targets/fake-target.js';
import { aPlan, aRelease } from './plans.js';

export const SERVICE = 'shop';
export const ENVIRONMENT = 'test';
export const BACKEND = 'shop-test';
/** What brought stable, in green. */
export const DEPLOYMENT = '01JAAAAAAAAAAAAAAAAAAAAAAA';
export const SETTLED: RouterEntry = { stable: 'green', phase: 'settled', generation: `${DEPLOYMENT}.4`, candidateShare: 0, baselineShare: 0, deployment: DEPLOYMENT };

/** Of whoever may change what stands beside the settled entry. */
export const FENCE = { generation: SETTLED.generation, base: SETTLED.generation };

/** A keeper's rounds over one environment that a deployment has left as recorded, on fakes. */
export interface KeeperScene {
  readonly fake: FakeRouter;
  readonly target: FakeTarget;
  readonly prober: FakeProber;
  readonly notifier: FakeNotifier;
  /** Behind every receiver that is not the log. */
  readonly other: FakeNotifier;
  receivers: Readonly<Record<string, NotifySpec>>;
  readonly stores: Stores;
  readonly clock: FakeClock;
  readonly database: { available: boolean };
  /** Who asks whether the lock is free is answered so, each time it is asked. */
  lock: () => Promise<boolean>;
  onDrift: DriftPolicy;
  /** Addresses of stable's instances. */
  readonly servers: readonly string[];
  /** A round, then five seconds. */
  round(): Promise<void>;
  /** As another worker that takes over, and knows nothing. @param site of the worker, which may be another one. @default 'default' */
  takeOver(site?: string): void;
  /** As the activity that follows on the same worker. */
  nextHour(): void;
  /** By a definition without it. */
  deleteEnvironment(): Promise<void>;
  drifts(): Promise<readonly DriftRecord[]>;
  eventKinds(): Promise<readonly string[]>;
  /** A deployment that is live on record. */
  deploy(id: string): Promise<void>;
}

export async function openKeeperScene(instances: readonly string[] = ['a']): Promise<KeeperScene> {
  const clock = createFakeClock();
  const database = { available: true };
  const stores = createMemoryStores({ now: () => clock.now(), available: () => database.available });
  const fake = createFakeRouter({ instances });
  const target = createFakeTarget();
  const [prober, notifier, other] = [createFakeProber(), createFakeNotifier(), createFakeNotifier()];
  const launched = await target.launch({ service: SERVICE, environment: ENVIRONMENT, slot: 'green', with: {}, deployment: DEPLOYMENT, version: 'v1', instances: 2 });
  await fake.router.ready({ backend: BACKEND, slot: 'green', fence: FENCE }, launched.map(({ id, address }) => ({ id, address })));
  await fake.router.shift({ backend: BACKEND, entry: SETTLED, base: 'none' });
  await settleOnRecord(stores);
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps: KeeperDeps = {
    routers: ['fake'],
    router: (name) => (name === 'fake' ? { router: fake.router, onDrift: scene.onDrift } : undefined), target: () => target, prober, notifier: (via) => (via.kind === 'log' ? notifier : other), clock, logger, stores,
    receivers: async () => scene.receivers,
    lock: { isFree: () => scene.lock() },
  };
  let notices = new DriftNotices(deps);
  let rounds = new KeeperRounds(deps, 'default', notices);
  const scene: KeeperScene = {
    fake, target, prober, notifier, other, stores, clock, database, lock: async () => true, onDrift: 'restore', receivers: { people: { via: { kind: 'log' }, on: NOTICE_KINDS } }, servers: launched.map(({ address }) => address),
    round: async () => {
      await clock.run(rounds.round(new AbortController().signal).then(() => rounds.settled()));
      await clock.advance(5_000);
    },
    takeOver: (site = 'default') => {
      notices = new DriftNotices(deps);
      rounds = new KeeperRounds(deps, site, notices);
    },
    nextHour: () => void (rounds = new KeeperRounds(deps, 'default', notices)),
    deleteEnvironment: async () => void (await stores.services.put({ service: SERVICE, definition: {}, by: 'ann', entries: [], sources: [] })),
    drifts: () => stores.keeper.driftsOf(SERVICE, ENVIRONMENT),
    eventKinds: async () => (await stores.events.after(DEPLOYMENT, 0, 100)).map(({ kind }) => kind),
    deploy: async (id) => {
      await stores.deployments.request({ id, service: SERVICE, environment: ENVIRONMENT, strategy: 'canary', version: 'v2', plan: aPlan(), by: { name: 'ann', roles: [] }, revision: 1 });
    },
  };
  return scene;
}

/** What a person writes into the entry by hand. */
export function byHand(over: Partial<RouterEntry>): string {
  return encodeEntry({ ...SETTLED, ...over });
}

async function settleOnRecord({ services, deployments }: Stores): Promise<void> {
  const plan = aPlan({ stable: null, candidate: aRelease('v1') });
  await services.put({ service: SERVICE, definition: {}, by: 'ann', entries: [{ environment: ENVIRONMENT, router: 'fake', backend: BACKEND }], sources: [] });
  await deployments.request({ id: DEPLOYMENT, service: SERVICE, environment: ENVIRONMENT, strategy: 'canary', version: 'v1', plan, by: { name: 'ann', roles: [] }, revision: 1 });
  const since = '2029-01-01T00:00:00.000Z';
  const status = { ...firstStatusOf({ deployment: DEPLOYMENT, plan }, since), phase: 'succeeded' as const, endedAt: since };
  await deployments.record({ status, stable: { service: SERVICE, environment: ENVIRONMENT, deployment: DEPLOYMENT, slot: 'green', release: plan.candidate, since } });
}
