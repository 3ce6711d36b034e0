import { describe, expect, it } from '@jest/globals';
import { watchInput } from '../../../test/support/watch-input.js';
import { BACKEND, CANARY, createWatchScene, SETTLED } from '../../../test/support/watch-scene.js';
import { UNWELL } from '../../probes/fake-prober.js';

const SHIFT = { entry: CANARY, base: SETTLED.generation, clearOthers: true, timeoutMs: 20_000 };
const HELD = { entry: CANARY, base: SETTLED.generation };
const [STABLE, CANDIDATE] = ['127.0.0.1:9001', '127.0.0.1:9002'];

describe('a watch whose router instance restarts without its files', () => {
  it.each(['servers', 'everything'] as const)('gives it back %s by the next reading of the counters, notes it, and bakes on', async (lost) => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    scene.traffic(attempt, 100);
    await scene.clock.advance(6_000);
    scene.control.restartWithout('b', lost);
    await scene.clock.advance(1_100);
    expect(scene.control.entry(BACKEND, 'b')).toEqual(CANARY);
    expect(scene.control.rotation(BACKEND, 'blue', 'b')).toEqual([STABLE]);
    expect(scene.control.rotation(BACKEND, 'green', 'b')).toEqual([CANDIDATE]);
    const { end, notes } = await scene.clock.run(attempt.result);
    expect(end.ended).toBe('complete');
    expect(notes.join()).toContain('router instance b');
    expect(await scene.events()).toContain('router-restored');
  });

  it('gives it back what an earlier watch wrote, while people are waited for', async () => {
    const scene = createWatchScene();
    await scene.serve(CANARY);
    scene.begin(watchInput({ held: HELD, bakeMs: null }));
    await scene.clock.advance(1_000);
    scene.control.restartWithout('b', 'everything');
    await scene.clock.advance(5_100);
    expect(scene.control.entry(BACKEND, 'b')).toEqual(CANARY);
    expect(scene.control.rotation(BACKEND, 'blue', 'b')).toEqual([STABLE]);
  });

  it('fills stable before it writes the entry, and the candidate last', async () => {
    const scene = createWatchScene();
    await scene.serve(CANARY);
    scene.begin(watchInput({ held: HELD, bakeMs: null }));
    await scene.clock.advance(1_000);
    scene.control.restartWithout('b', 'everything');
    const before = scene.control.calls.length;
    await scene.clock.advance(5_100);
    const writes = scene.control.calls.slice(before).filter(({ call, instance }) => instance === 'b' && (call === 'ready' || call === 'shift'));
    expect(writes.map(({ call }) => call)).toEqual(['ready', 'shift', 'ready']);
  });

  it('cannot be judged while stable cannot be put back there, and says what is missing once', async () => {
    const scene = createWatchScene();
    await scene.serve(CANARY);
    scene.prober.answer(STABLE, UNWELL);
    scene.control.restartWithout('b', 'servers');
    const first = scene.begin(watchInput({ held: HELD, bakeMs: null }));
    await expect(scene.clock.run(first.result)).rejects.toMatchObject({ type: 'JUDGE_ERROR' });
    const second = scene.begin(watchInput({ held: HELD, bakeMs: null }), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    await expect(scene.clock.run(second.result)).rejects.toMatchObject({ type: 'JUDGE_ERROR' });
    expect(scene.control.rotation(BACKEND, 'blue', 'b')).toEqual([]);
    expect((await scene.events()).filter((kind) => kind === 'router-lacks')).toHaveLength(1);
  });

  it('gives nothing back to the only instance while the server does not say that the watch goes on', async () => {
    const scene = createWatchScene({ instances: ['a'] });
    await scene.serve(CANARY);
    scene.ownership.answer('unreachable');
    const first = scene.begin(watchInput({ held: HELD, bakeMs: null }));
    await scene.clock.advance(1_000);
    scene.control.restartWithout('a', 'everything');
    await scene.clock.advance(6_000);
    expect(scene.control.rotation(BACKEND, 'green', 'a')).toEqual([]);
    scene.ownership.answer('ours');
    await expect(scene.clock.run(first.result)).rejects.toMatchObject({ type: 'JUDGE_ERROR' });
    scene.begin(watchInput({ held: HELD, bakeMs: null }), { heartbeatDetails: first.beats.at(-1), attempt: 2 });
    await scene.clock.advance(1_000);
    expect(scene.control.entry(BACKEND, 'a')).toEqual(CANARY);
    expect(scene.control.rotation(BACKEND, 'green', 'a')).toEqual([CANDIDATE]);
  });

  it('changes nothing on any instance once a later shift is there', async () => {
    const scene = createWatchScene();
    await scene.serve(CANARY);
    scene.begin(watchInput({ held: HELD, bakeMs: null }));
    await scene.clock.advance(1_000);
    const back = { ...SETTLED, generation: '01D.2' };
    await scene.router.shift({ backend: BACKEND, entry: back, base: SETTLED.generation });
    await scene.router.remove({ backend: BACKEND, slot: 'green', fence: { generation: back.generation, base: SETTLED.generation } });
    await scene.clock.advance(12_000);
    expect(scene.control.entry(BACKEND, 'b')).toEqual(back);
    expect(scene.control.rotation(BACKEND, 'green', 'a')).toEqual([]);
  });
});

describe('a shift that would raise a share', () => {
  it('fills an instance that lost its servers first', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.control.restartWithout('b', 'servers');
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    scene.traffic(attempt, 100);
    await scene.clock.advance(1_000);
    expect(scene.control.entry(BACKEND, 'b')).toEqual(CANARY);
    expect(scene.control.rotation(BACKEND, 'blue', 'b')).toEqual([STABLE]);
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('complete');
  });

  it('gives the candidate nothing on an instance that cannot have stable, and is given up by name', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.prober.answer(STABLE, UNWELL);
    scene.control.restartWithout('b', 'servers');
    const attempt = scene.begin(watchInput({ shift: SHIFT }));
    await scene.clock.advance(1_000);
    expect(scene.control.entry(BACKEND, 'b')).toEqual(SETTLED);
    const { end } = await scene.clock.run(attempt.result);
    expect(end).toMatchObject({ ended: 'shift-failed', code: 'ROUTER_SLOT_EMPTY' });
    expect(scene.control.entry(BACKEND, 'b')).toEqual(SETTLED);
  });

  it('is not held up by a stable that serves nowhere: the candidate may be what mends it', async () => {
    const scene = createWatchScene();
    await scene.serve(SETTLED);
    scene.prober.answer(STABLE, UNWELL);
    scene.control.server(STABLE, 'down');
    scene.begin(watchInput({ shift: SHIFT }));
    await scene.clock.advance(1_000);
    expect(scene.control.entry(BACKEND, 'b')).toEqual(CANARY);
  });
});
