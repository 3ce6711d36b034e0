import { describe, expect, it } from '@jest/globals';
import { BACKEND, createWatchScene } from '../../../test/support/watch-scene.js';
import { watchInput } from '../../../test/support/watch-input.js';
import { UNWELL, WELL } from '../../probes/fake-prober.js';
import { repeat } from './repeat.js';

const CANDIDATE = 'c-1';
const ADDRESS = '127.0.0.1:9002';

/** A candidate that users get answers from, on every router instance, twice a second. */
async function used({ headed = 2 } = {}) {
  const scene = createWatchScene();
  await scene.serve();
  const over = new AbortController();
  void repeat(scene.clock, over.signal, () => 500, async () => {
    scene.control.count(BACKEND, 'blue', { requests: 50 });
    if (headed > 0) scene.control.count(BACKEND, 'green', { requests: headed });
    scene.control.load(BACKEND, 'green', { servers: [{ address: ADDRESS, inFlight: 0, attempts: headed, headed }] });
  });
  return { ...scene, end: () => over.abort() };
}

describe('a worker that gets no answer from a candidate', () => {
  it('hands the watch over, and pulls nothing, while the routers have it up and users get answers', async () => {
    const { begin, clock, control, prober, end } = await used();
    prober.answer(CANDIDATE, 'silent');
    const cutOff = begin(watchInput(), { worker: 'a' });
    await expect(clock.run(cutOff.result)).rejects.toMatchObject({ type: 'JUDGE_ERROR' });
    expect(control.tombstones(BACKEND)).toEqual([]);

    prober.answer(CANDIDATE, WELL);
    const reaches = begin(watchInput(), { worker: 'b', heartbeatDetails: cutOff.beats.at(-1), attempt: 2 });
    const { end: ending, notes } = await clock.run(reaches.result);
    expect(ending.ended).toBe('complete');
    expect(notes.some((note) => note.includes('worker a'))).toBe(true);
    end();
  });

  it('is believed once another one gets none either', async () => {
    const { begin, clock, prober, end } = await used();
    prober.answer(CANDIDATE, 'silent');
    const first = begin(watchInput(), { worker: 'a' });
    await expect(clock.run(first.result)).rejects.toMatchObject({ type: 'JUDGE_ERROR' });
    const second = begin(watchInput(), { worker: 'b', heartbeatDetails: first.beats.at(-1), attempt: 2 });
    expect((await clock.run(second.result)).end).toMatchObject({ ended: 'breach', pulled: { unreached: [] } });
    end();
  });

  it.each([
    ['the routers have it down', 2, 'silent', true],
    ['users get no answer either', 0, 'silent', false],
    ['it gave a wrong answer', 2, UNWELL, false],
  ] as const)('takes it back at the third failed probe when %s', async (_, headed, answer, isDown) => {
    const { begin, clock, control, prober, end } = await used({ headed });
    if (isDown) control.server(ADDRESS, 'down');
    prober.answer(CANDIDATE, answer);
    const began = clock.now();
    const attempt = begin(watchInput(), { worker: 'a' });
    expect((await clock.run(attempt.result)).end.ended).toBe('breach');
    expect(clock.now() - began).toBeLessThanOrEqual(2_000);
    end();
  });
});
