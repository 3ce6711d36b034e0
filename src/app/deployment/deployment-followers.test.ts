import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import type { Stores } from '../../store/stores.js';
import { AddressBook } from './address-book.js';
import { followDeploymentEvents } from './deployment-events.js';
import { DeploymentFollowers } from './deployment-followers.js';
import { FakeDeploymentRuns } from './fake-deployment-runs.js';
import { waitForDeployment } from './wait-for-deployment.js';

const ID = '01JD0000000000000000000000';
const stays = new AbortController().signal;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('readers of one deployment', () => {
  it('cost the same however many they are: queries of the run and statements of the database do not grow with them', async () => {
    const few = await costOf({ waits: 1, streams: 1 });
    const many = await costOf({ waits: 500, streams: 200 });
    expect(many.costs).toEqual(few.costs);
    expect(many.given).toBe(200 * few.given);
    // In ten seconds: 25 looks by themselves, and one for each event.
    expect(few.costs.queries).toBeLessThanOrEqual(32);
    expect(few.costs.records + few.costs.pages).toBeLessThanOrEqual(60);
  });

  it('are told of a milestone that the run alone knows, without anything being written', async () => {
    const { runs, followers } = await scene();
    const waiting = waitForDeployment({ followers })({ deployment: ID, until: 'gate', waitMs: 60_000 }, stays);
    await jest.advanceTimersByTimeAsync(1_000);
    runs.advance(ID, 'progressing', { gates: [{ address: '1/a', notOwnChange: false, role: null, quorum: 1, approvals: [], until: '', onTimeout: 'abort', reason: '' }] });
    await jest.advanceTimersByTimeAsync(500);
    expect(await waiting).toMatchObject({ reached: true, gates: [{ address: '1/a' }] });
  });

  it('are told within a moment of what was written', async () => {
    const { runs, stores, followers } = await scene();
    const waiting = waitForDeployment({ followers })({ deployment: ID, until: 'promoted', waitMs: 60_000 }, stays);
    await jest.advanceTimersByTimeAsync(100);
    runs.advance(ID, 'watching');
    await append(stores, 1);
    await jest.advanceTimersByTimeAsync(60);
    expect(await waiting).toMatchObject({ reached: true });
  });

  it('are never answered by what was so before they asked', async () => {
    const { runs, followers } = await scene();
    const gates = [{ address: '1/a', notOwnChange: false, role: null, quorum: 1, approvals: [], until: '', onTimeout: 'abort' as const, reason: '' }];
    const leaving = new AbortController();
    void waitForDeployment({ followers })({ deployment: ID, until: 'ended', waitMs: 60_000 }, leaving.signal);
    runs.advance(ID, 'progressing', { gates });
    await jest.advanceTimersByTimeAsync(10);
    runs.advance(ID, 'progressing', { gates: [] });
    const waiting = waitForDeployment({ followers })({ deployment: ID, until: 'gate', waitMs: 100 }, stays);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await waiting).toMatchObject({ reached: false });
    leaving.abort();
  });

  it('have so many places, one free again as soon as a reader leaves or goes away', async () => {
    const { followers } = await scene({ wait: 2, stream: 1 });
    const gone = new AbortController();
    followers.take('wait', ID, gone.signal);
    const second = followers.take('wait', ID, stays);
    expect(() => followers.take('wait', ID, stays)).toThrow(expect.objectContaining({ code: 'TOO_MANY_READERS', retryAfterMs: expect.any(Number) }));
    const stream = followers.take('stream', ID, stays);
    expect(() => followers.take('stream', 'another', stays)).toThrow(expect.objectContaining({ code: 'TOO_MANY_READERS' }));
    gone.abort();
    followers.take('wait', ID, stays).leave();
    second.leave();
    second.leave();
    stream.leave();
    expect(followers.readers).toEqual({ wait: 0, stream: 0 });
  });

  it('leave nothing behind: when nobody follows, nothing is asked and nobody listens', async () => {
    const { followers, counted, listeners } = await scene();
    const leaving = new AbortController();
    void waitForDeployment({ followers })({ deployment: ID, until: 'ended', waitMs: 60_000 }, leaving.signal);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(listeners()).toBe(1);
    leaving.abort();
    await jest.advanceTimersByTimeAsync(0);
    const before = { ...counted };
    await jest.advanceTimersByTimeAsync(60_000);
    expect([counted, listeners()]).toEqual([before, 0]);
  });
});

async function costOf({ waits, streams }: { readonly waits: number; readonly streams: number }) {
  const { stores, followers, counted } = await scene();
  const leaving = new AbortController();
  let given = 0;
  const stream = async (): Promise<void> => {
    const place = followers.take('stream', ID, leaving.signal);
    await place.follower.events.goesOn(0, leaving.signal);
    for await (const _ of followDeploymentEvents({ followers }, place, 0, leaving.signal)) given += 1;
  };
  const all = [
    ...Array.from({ length: waits }, () => waitForDeployment({ followers })({ deployment: ID, until: 'ended', waitMs: 60_000 }, leaving.signal)), ...Array.from({ length: streams }, stream),
  ];
  for (let n = 1; n <= 5; n += 1) {
    await jest.advanceTimersByTimeAsync(1_000);
    await append(stores, n);
  }
  await jest.advanceTimersByTimeAsync(5_000);
  const costs = { ...counted };
  leaving.abort();
  await jest.advanceTimersByTimeAsync(1_000);
  await Promise.all(all);
  return { costs, given };
}

async function append(stores: Stores, n: number): Promise<void> {
  await stores.events.append([{ key: `${n}`, deployment: ID, kind: 'shifted', at: new Date().toISOString(), text: '', data: {} }]);
}

/** A live deployment, and how often anything is asked about it. */
async function scene(most?: { readonly wait: number; readonly stream: number }) {
  const counted = { queries: 0, records: 0, pages: 0 };
  let listening = 0;
  const stores = createMemoryStores();
  const runs = new FakeDeploymentRuns();
  const plan = aPlan();
  const by = { name: 'ada', roles: [] };
  const { service, environment, strategy, candidate } = plan;
  await stores.deployments.request({ id: ID, service, environment, strategy: strategy.name, version: candidate.version, plan, by, revision: 1 });
  await runs.start({ deployment: ID, plan, by });
  const followers = new DeploymentFollowers({
    stores: {
      deployments: { get: (id) => count('records', () => stores.deployments.get(id)) },
      events: { after: (...given) => count('pages', () => stores.events.after(...given)) },
      changes: {
        subscribe: (changed) => {
          listening += 1;
          const end = stores.changes.subscribe(changed);
          return () => {
            listening -= 1;
            end();
          };
        },
      },
    },
    runs: { ask: (address) => count('queries', () => runs.ask(address)), plan: (address) => runs.plan(address), describe: (...pair) => runs.describe(...pair), findRunning: (id) => runs.findRunning(id) },
    addresses: new AddressBook(),
  }, most);
  return { stores, runs, followers, counted, listeners: () => listening };

  function count<T>(what: keyof typeof counted, work: () => Promise<T>): Promise<T> {
    counted[what] += 1;
    return work();
  }
}
