import { describe, expect, it } from '@jest/globals';
import { watchInput } from '../../../test/support/watch-input.js';
import { BACKEND, CANARY, createWatchScene, requestCancel, SETTLED, shutDownWorker } from '../../../test/support/watch-scene.js';
import { encodeEntry } from '../../domain/router/entry.js';

const SHIFT = { entry: CANARY, base: SETTLED.generation, clearOthers: true, timeoutMs: 20_000 };

describe('a watch that begins with a shift', () => {
  it('shifts, then bakes', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    scene.traffic(attempt, 100);
    const { end, progress } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('complete');
    expect(progress.shifted).toBe(true);
    expect(scene.control.entry(BACKEND)).toEqual(CANARY);
    expect(scene.told).toEqual([CANARY.generation]);
    expect(await scene.events()).toEqual(['shifted', 'verdict', 'baked']);
  });

  it('tries again until a router instance is back, and bakes from then on', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.control.away('b');
    const began = scene.clock.now();
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    scene.traffic(attempt, 100);
    await scene.clock.advance(10_000);
    scene.control.back('b');
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('complete');
    expect(scene.clock.now() - began).toBeGreaterThanOrEqual(40_000);
  });

  it('judges while the shift is still being tried', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.control.away('b');
    const attempt = scene.begin(watchInput({ shift: SHIFT, generations: [SETTLED.generation, CANARY.generation] }));
    await scene.clock.advance(2_500);
    scene.control.count(BACKEND, 'green', { requests: 40, errors: 20 }, 'a');
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'breach', pulled: { unreached: ['b'] } });
    expect(scene.control.tombstones(BACKEND, 'a')).toContain(CANARY.generation);
  });

  it('takes back what it reached when an instance stays away until the deadline', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.control.away('b');
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'shift-failed', code: 'ROUTER_UNREACHABLE' });
    expect(scene.control.tombstones(BACKEND, 'a')).toEqual([CANARY.generation]);
  });

  it.each(['ROUTER_ENTRY_UNKNOWN', 'ROUTER_ENTRY_INVALID'] as const)('does not wait for an instance that waiting does not mend, and takes back what it reached: %s', async (code) => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    if (code === 'ROUTER_ENTRY_UNKNOWN') scene.control.unknown(BACKEND, 'b');
    else scene.control.overwrite(BACKEND, '90/10', 'b');
    const began = scene.clock.now();
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'shift-failed', code });
    expect(scene.control.tombstones(BACKEND, 'a')).toEqual([CANARY.generation]);
    expect(scene.clock.now() - began).toBeLessThan(SHIFT.timeoutMs / 2);
  });

  it('leaves out instances that were given up', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.control.away('b');
    const attempt = scene.begin(watchInput({ shift: SHIFT, except: ['b'] }));
    scene.traffic(attempt, 100);
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('complete');
  });

  it('fails on a conflict and takes back what it reached', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.control.overwrite(BACKEND, encodeEntry({ ...SETTLED, generation: '01X.1' }), 'b');
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'shift-failed', code: 'ROUTER_CONFLICT' });
    expect(scene.control.tombstones(BACKEND, 'a')).toEqual([CANARY.generation]);
  });

  it('does not shift again what an earlier attempt has shifted', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    const first = scene.begin(watchInput({ shift: SHIFT }));
    await scene.clock.advance(3_000);
    shutDownWorker(first);
    await expect(scene.clock.run(first.result)).rejects.toThrow();
    const second = scene.begin(watchInput({ shift: SHIFT }), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    expect((await scene.clock.run(second.result)).end.ended).toBe('complete');
    const shifts = scene.control.calls.filter(({ call, instance }) => call === 'shift' && instance === 'a');
    expect(shifts).toHaveLength(2); // one of the scene, one of the first attempt
  });

  it('ends as pulled when its deployment was pulled before', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    await scene.router.pull(BACKEND, CANARY.generation);
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('pulled');
    expect(scene.control.entry(BACKEND)).toEqual(SETTLED);
  });

  it('waits for the call in flight when it is cancelled, so that whoever shifts back comes after it', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve(SETTLED);
    const held = scene.control.holdNext('shift');
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    await held.arrived;
    requestCancel(attempt);
    held.release();
    expect((await scene.clock.run(attempt.result)).end).toEqual({ ended: 'stopped' });
    expect(scene.control.entry(BACKEND)).toEqual(CANARY);
  });
});
