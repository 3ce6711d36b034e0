import { describe, expect, it } from '@jest/globals';
import { watchInput } from '../../../test/support/watch-input.js';
import { BACKEND, createWatchScene, giveUpLocally, requestCancel, shutDownWorker } from '../../../test/support/watch-scene.js';
import { UNWELL, WELL } from '../../probes/fake-prober.js';

const CANDIDATE = 'c-1';

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

  it('the attempt after one whose answer was lost says why the candidate was pulled', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const first = scene.begin(watchInput());
    scene.traffic(first, 100, { errorRates: { green: 0.3 } });
    await scene.clock.advance(500);
    giveUpLocally(first);
    const lost = await scene.clock.run(first.result);
    scene.ownership.answer('ours');
    const second = scene.begin(watchInput(), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    const { end } = await scene.clock.run(second.result);
    expect(end).toMatchObject({ ended: 'breach', verdict: { kind: 'fail' }, pulled: { unreached: [] } });
    expect(end).toEqual(lost.end);
  });

  it('the attempt beside one that pulled says why, too', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const first = scene.begin(watchInput());
    await scene.clock.advance(1_000);
    giveUpLocally(first);
    const second = scene.begin(watchInput({ analysis: { metrics: {} } }), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    await scene.clock.advance(1_000);
    scene.traffic(first, 100, { errorRates: { green: 0.3 } });
    expect((await scene.clock.run(first.result)).end.ended).toBe('breach');
    expect((await scene.clock.run(second.result)).end.ended).toBe('breach');
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

  it('no end that leaves the candidate its share comes before the server can hear of it', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const attempt = scene.begin(watchInput({ analysis: { onBreach: 'ask' } }));
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    await scene.clock.advance(60_000);
    const asked = scene.clock.now();
    scene.ownership.answer('ours');
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'breach', pulled: null });
    expect(Date.parse('verdict' in end ? end.verdict.at : '')).toBeGreaterThanOrEqual(asked - 1_000);
  });

  it('a breach beside a stable that failed one probe is pulled when stable answers again', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    scene.prober.answer('s-1', UNWELL);
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100, { errorRates: { green: 0.3 } });
    await scene.clock.advance(10_000);
    expect(scene.control.tombstones(BACKEND)).toEqual([]);
    scene.prober.answer('s-1', WELL);
    expect((await scene.clock.run(attempt.result)).end).toMatchObject({ ended: 'breach', pulled: { unreached: [] } });
  });

  it('given up by the SDK, a bake does not end before the next attempt has the work', async () => {
    const scene = createWatchScene();
    await scene.serve();
    scene.ownership.answer('unreachable');
    const attempt = scene.begin(watchInput());
    scene.traffic(attempt, 100);
    await scene.clock.advance(10_000);
    giveUpLocally(attempt);
    scene.ownership.answer('ours');
    await scene.clock.advance(60_000);
    scene.ownership.answer('gone');
    await expect(scene.clock.run(attempt.result)).rejects.toMatchObject({ name: 'CancelledFailure' });
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
