import { describe, expect, it } from '@jest/globals';
import { WEB_CHECK, watchInput } from '../../../test/support/watch-input.js';
import { type Attempt, BACKEND, CANARY, createWatchScene, requestCancel } from '../../../test/support/watch-scene.js';
import { UNWELL } from '../../probes/fake-prober.js';
import { repeat } from './repeat.js';

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

  it('pulls a candidate that takes requests and answers none, however seldom it is judged', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const began = scene.clock.now();
    const attempt = scene.begin(watchInput({ bakeMs: 600_000, analysis: { everyMs: 60_000, noData: { waitMs: 3_000, then: 'pass' } } }));
    hang(scene, attempt);
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'breach', verdict: { kind: 'fail' }, pulled: { unreached: [] } });
    expect(scene.clock.now() - began).toBeLessThanOrEqual(10_000);
    expect(scene.control.tombstones(BACKEND)).toEqual(['01D.1']);
  });

  it('reads the counters only as often as it judges where the rule `stuck` is off', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const attempt = scene.begin(watchInput({ bakeMs: null, analysis: { everyMs: 20_000, stuck: 'off' } }));
    await scene.clock.advance(60_000);
    expect(scene.control.calls.filter(({ call }) => call === 'counters').length).toBeLessThan(7);
    requestCancel(attempt);
    await scene.clock.run(attempt.result);
  });

  it('judges by the other rules no more often than it should, however often it reads', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const errors = { source: { kind: 'router', measure: 'errorRate' }, max: 500, critical: false, failures: { inARow: 3 } } as const;
    const attempt = scene.begin(watchInput({ bakeMs: 600_000, analysis: { everyMs: 20_000, metrics: { errors } } }));
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    const began = scene.clock.now();
    const { end } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('breach');
    expect(scene.clock.now() - began).toBeGreaterThan(40_000);
  });

  it('knows the rate from before its shift when the deployment read the counters then', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve();
    const opened = { at: scene.clock.now(), marks: (await scene.router.observe(BACKEND)).marks };
    scene.control.count(BACKEND, 'blue', { requests: 600 });
    await scene.clock.advance(60_000);
    const shift = { entry: { ...CANARY, generation: '01D.2' }, base: '01D.1', clearOthers: false, timeoutMs: 5_000 };
    const attempt = scene.begin(watchInput({ opened, shift, analysis: { metrics: {}, noData: { waitMs: 0, then: 'ask' } } }));
    const { end, known } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'no-data' });
    expect(known).toMatchObject({ perSecond: 0, stable: { requests: 600 } });
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

  it('asks stable as often as the candidate, whose witness it is', async () => {
    const scene = createWatchScene();
    await scene.serve();
    const { slots } = watchInput();
    const seldom = { ...slots.stable, health: { web: { ...WEB_CHECK, everyMs: 30_000 } } };
    const attempt = scene.begin(watchInput({ slots: { ...slots, stable: seldom }, bakeMs: 10_000 }));
    await scene.clock.run(attempt.result);
    const asked = (id: string) => scene.prober.probed.filter(({ instance }) => instance.id === id).length;
    expect(asked(STABLE)).toBeGreaterThanOrEqual(asked(CANDIDATE));
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

/** Each second a request that the candidate takes and does not answer, beside a stable that answers twenty. */
function hang(scene: ReturnType<typeof createWatchScene>, attempt: Attempt): void {
  const over = new AbortController();
  attempt.result.then(() => over.abort(), () => over.abort());
  let waiting = 0;
  void repeat(scene.clock, over.signal, () => 1_000, async () => {
    waiting += 1;
    scene.control.count(BACKEND, 'blue', { requests: 20 });
    scene.control.count(BACKEND, 'green', { requests: 0, begun: 1, attempts: 1 });
    scene.control.load(BACKEND, 'green', { waiting });
  });
}
