import { describe, expect, it } from '@jest/globals';
import { watchInput } from '../../../test/support/watch-input.js';
import { BACKEND, createWatchScene, giveUpLocally, requestCancel, shutDownWorker } from '../../../test/support/watch-scene.js';
import { UNWELL } from '../../probes/fake-prober.js';

const CANDIDATE = 'c-1';
const STABLE = 's-1';

describe('a watch', () => {
  it('completes a good bake after its time', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const began = scene.clock.now();
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100);
    const { end, progress } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'complete', verdict: { kind: 'pass' } });
    expect(scene.clock.now() - began).toBeGreaterThanOrEqual(30_000);
    expect(scene.clock.now() - began).toBeLessThan(31_000);
    expect(progress.requests).toBeGreaterThan(500);
    expect(await scene.events()).toEqual(['verdict', 'baked']);
  });

  it('pulls a candidate that answers with errors, on every router instance', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'breach', verdict: { kind: 'fail' }, pulled: { unreached: [] } });
    expect(scene.control.tombstones(BACKEND, 'a')).toEqual(['01D.1']);
    expect(scene.control.tombstones(BACKEND, 'b')).toEqual(['01D.1']);
    expect(await scene.events()).toEqual(['breach', 'pulled']);
  });

  it('pulls before it asks anything else of anybody', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    await scene.clock.run(attempt.result);
    const calls = scene.control.calls.map(({ call }) => call);
    expect(calls[calls.lastIndexOf('counters') + 1]).toBe('pull');
    expect(calls.at(-1)).toBe('pull');
  });

  it('pulls every generation that may be live', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const attempt = scene.begin(watchInput({ generations: ['01D.1', '01D.2'] }));
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    await scene.clock.run(attempt.result);
    expect(scene.control.tombstones(BACKEND)).toEqual(['01D.1', '01D.2']);
  });

  it('pulls without Temporal and without the database', async () => {
    const scene = createWatchScene({ databaseUp: () => false });
    await scene.serve();
    scene.ownership.answer('unreachable');
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    const { end, unwritten } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('breach');
    expect(unwritten.map(({ kind, key }) => [kind, key])).toEqual([['breach', '7.1.1'], ['pulled', '7.1.2']]);
  });

  it('names the router instance that a pull did not reach, and returns all the same', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    scene.control.away('b');
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'breach', pulled: { unreached: ['b'] } });
    expect(scene.control.tombstones(BACKEND, 'a')).toEqual(['01D.1']);
  });

  it('takes a candidate back whose instance dies, while stable answers', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.prober.answer(CANDIDATE, UNWELL);
    const attempt = scene.begin(watchInput());
    const { end } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('breach');
  });

  it('pulls nothing when stable is down too', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.prober.answer(STABLE, UNWELL);
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    const { end, notes } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('stable-down');
    expect(notes).toEqual(['stable is down']);
    expect(scene.control.tombstones(BACKEND)).toEqual([]);
  });

  it('asks, and pulls nothing, where people decide on a breach', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const attempt = scene.begin(watchInput({ analysis: { onBreach: 'ask' } }));
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'breach', pulled: null });
    expect(scene.control.tombstones(BACKEND)).toEqual([]);
  });

  it('ends when another watch has pulled, and finishes what that one had begun', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.control.away('b');
    await scene.router.pull(BACKEND, '01D.1');
    scene.control.back('b');
    const attempt = scene.begin(watchInput());
    const { end } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('pulled');
    expect(scene.control.tombstones(BACKEND, 'b')).toEqual(['01D.1']);
  });

  it('is not held up by a query that never answers', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.metrics.query = () => new Promise(() => {});
    scene.prober.answer(CANDIDATE, UNWELL);
    const began = scene.clock.now();
    const declines = { source: { kind: 'prometheus', query: 'up' }, max: 1, critical: true, failures: {} } as const;
    const attempt = scene.begin(watchInput({ analysis: { metrics: { declines } } }));
    const { end } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('breach');
    expect(scene.clock.now() - began).toBeLessThan(5_000);
  });

  it('fills a query’s placeholders as literals of the candidate', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.metrics.answerAll(9);
    const declines = { source: { kind: 'prometheus', query: 'declines{slot="${slot}",version="${version}"}' }, max: 1, critical: true, failures: {} } as const;
    const attempt = scene.begin(watchInput({ analysis: { metrics: { declines } } }));
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('breach');
    expect(scene.metrics.queries[0]).toBe('declines{slot="green",version="v2"}');
  });

  it('notes a router instance that does not keep to its share', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const attempt = scene.begin(watchInput());
    await scene.clock.advance(1_500);
    scene.control.count(BACKEND, 'blue', { requests: 2_000 });
    const { notes } = await scene.clock.run(attempt.result);
    expect(notes).toHaveLength(1);
    expect(await scene.events()).toContain('share-differs');
  });

  it('records what the routers hold for those who ask the API', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const attempt = scene.begin(watchInput({ bakeMs: 7_000 }));
    scene.traffic(attempt, 100);
    await scene.clock.run(attempt.result);
    const seen = await scene.stores.observations.of('checkout', 'production');
    expect(seen.map(({ routerInstance, split, health }) => [routerInstance, split.green, health.candidate])).toEqual([['a', 1_000, 'answers'], ['b', 1_000, 'answers']]);
  });
});

describe('too little data', () => {
  it.each([['ask', 'no-data', 0], ['pass', 'complete', 0], ['rollback', 'breach', 1]] as const)('with `%s` ends as %s after the wait', async (then, ended, tombstones) => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const began = scene.clock.now();
    const attempt = scene.begin(watchInput({ analysis: { noData: { waitMs: 60_000, then }, minRequests: 1_000_000 } }));
    scene.traffic(attempt, 10);
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended, verdict: { kind: 'no-data' } });
    expect(scene.clock.now() - began).toBeGreaterThanOrEqual(90_000);
    expect(scene.control.tombstones(BACKEND)).toHaveLength(tombstones);
  });
});

describe('an attempt', () => {
  it('goes on where the one before was, by its last beat', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const first = scene.begin(watchInput());
    scene.traffic(first, 100);
    await scene.clock.advance(20_000);
    shutDownWorker(first);
    await expect(scene.clock.run(first.result)).rejects.toMatchObject({ name: 'CancelledFailure' });
    const resumed = scene.clock.now();
    const second = scene.begin(watchInput(), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    scene.traffic(second, 100);
    const { end, progress } = await scene.clock.run(second.result);
    expect(end.ended).toBe('complete');
    expect(scene.clock.now() - resumed).toBeLessThan(12_000);
    expect(progress.samples).toBeGreaterThan(28);
  });

  it('remembers the errors that the one before had counted', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const first = scene.begin(watchInput());
    await scene.clock.advance(1_500);
    scene.control.count(BACKEND, 'green', { requests: 10, errors: 1 });
    await scene.clock.advance(1_000);
    shutDownWorker(first);
    await expect(scene.clock.run(first.result)).rejects.toThrow();
    scene.control.count(BACKEND, 'green', { requests: 1, errors: 1 });
    const second = scene.begin(watchInput(), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    const { end } = await scene.clock.run(second.result);
    expect(end).toMatchObject({ ended: 'breach' });
  });

  it('beats each third of its heartbeat timeout, with the last verdict', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100);
    await scene.clock.run(attempt.result);
    expect(attempt.beats.length).toBeGreaterThanOrEqual(30);
    expect(attempt.beats.at(-1)?.lastVerdict?.kind).toBe('pass');
  });

  it('stops on a requested cancel and says how far it came', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const attempt = scene.begin(watchInput());
    await scene.clock.advance(5_000);
    requestCancel(attempt);
    const { end, progress } = await scene.clock.run(attempt.result);
    expect(end).toEqual({ ended: 'stopped' });
    expect(progress.bakedMs).toBeGreaterThanOrEqual(4_000);
  });

  it('is never reported as ended when its worker shuts down', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const attempt = scene.begin(watchInput());
    await scene.clock.advance(5_000);
    shutDownWorker(attempt);
    await expect(scene.clock.run(attempt.result)).rejects.toMatchObject({ name: 'CancelledFailure' });
  });

  it('ends quietly when the server has given the work away', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('gone');
    const attempt = scene.begin(watchInput());
    await expect(scene.clock.run(attempt.result)).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(scene.control.tombstones(BACKEND)).toEqual([]);
  });

  it('hands over to another worker when it cannot judge, and says since when', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.control.away('b');
    const attempt = scene.begin(watchInput());
    await expect(scene.clock.run(attempt.result)).rejects.toMatchObject({ type: 'JUDGE_ERROR', nonRetryable: false });
    expect(attempt.beats.at(-1)?.errorSince).toBeDefined();
  });

  it('ends by the policy for errors when no worker could judge for the whole wait', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.control.away('b');
    const input = watchInput({ analysis: { onError: 'rollback' } });
    const first = scene.begin(input);
    await expect(scene.clock.run(first.result)).rejects.toMatchObject({ type: 'JUDGE_ERROR' });
    await scene.clock.advance(60_000);
    const second = scene.begin(input, { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    expect((await scene.clock.run(second.result)).end.ended).toBe('error');
    expect(scene.control.tombstones(BACKEND, 'a')).toEqual(['01D.1']);
  });

  it('carries events that could not be written into the next attempt', async () => {
    let up = false;
    const scene = createWatchScene({ databaseUp: () => up });
    await scene.serve();
    const first = scene.begin(watchInput());
    scene.traffic(first, 100);
    await scene.clock.advance(3_000);
    shutDownWorker(first);
    await expect(scene.clock.run(first.result)).rejects.toThrow();
    up = true;
    const second = scene.begin(watchInput(), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    scene.traffic(second, 100);
    await scene.clock.run(second.result);
    expect(await scene.events()).toEqual(['verdict', 'baked']);
  });
});

describe('without a Temporal server', () => {
  it('a bake does not end, and the reflex stays armed', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100);
    await scene.clock.advance(120_000);
    scene.traffic(attempt, 1_000, { errorRates: { green: 0.5 } });
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('breach');
  });

  it('a bake ends when the server is back', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100);
    await scene.clock.advance(60_000);
    scene.ownership.answer('ours');
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('complete');
  });

  it('the candidate is taken back after the unattended time, where the policy says so', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const began = scene.clock.now();
    const attempt = scene.begin(watchInput({ bakeMs: null, analysis: { unattended: { afterMs: 600_000, then: 'rollback' } } }));
    const { end } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('pulled');
    expect(scene.clock.now() - began).toBeGreaterThanOrEqual(600_000);
    expect(scene.control.tombstones(BACKEND)).toEqual(['01D.1']);
  });

  it('the reflex outlives the SDK’s own patience', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100);
    await scene.clock.advance(10_000);
    giveUpLocally(attempt);
    await scene.clock.advance(10_000);
    scene.traffic(attempt, 1_000, { errorRates: { green: 0.5 } });
    expect((await scene.clock.run(attempt.result)).end).toMatchObject({ ended: 'breach', pulled: { unreached: [] } });
  });

  it.each([['gone', { name: 'CancelledFailure' }], ['cancelled', { end: { ended: 'stopped' } }]] as const)('given up by the SDK, it ends once the server answers `%s`', async (answer, expected) => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const attempt = scene.begin(watchInput());
    await scene.clock.advance(5_000);
    giveUpLocally(attempt);
    await scene.clock.advance(5_000);
    scene.ownership.answer(answer);
    const began = scene.clock.now();
    expect(await scene.clock.run(attempt.result.catch((error: unknown) => error))).toMatchObject(expected);
    expect(scene.clock.now() - began).toBeLessThanOrEqual(1_500);
  });

  it('an error is not handed over, as nobody would come', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    scene.control.away('b');
    const attempt = scene.begin(watchInput());
    await scene.clock.advance(20_000);
    scene.prober.answer(CANDIDATE, UNWELL);
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('breach');
  });
});
