import { describe, expect, it } from '@jest/globals';
import type { WatchEnd } from '../../src/domain/deployment/watching.js';
import { coolDown } from '../support/model/model-drive.js';
import { inFirstBake, told, watchGoes } from '../support/model/first-bake.js';
import type { ModelRun } from '../support/model/model-run.js';
import { aPlan } from '../support/plans.js';

/** The newest watch ends as the real one does, with a verdict of its own. */
async function watchEnds(model: ModelRun, end: WatchEnd): Promise<void> {
  model.endWatch(end);
  await model.runtime.settle();
}

/** The shift to stable finds that it is down: the way back is not taken. */
async function stableIsFoundDown(model: ModelRun): Promise<void> {
  for (const shift of model.runtime.live().filter(({ name }) => name === 'shift')) await model.move(shift, 'bad');
  for (const task of model.runtime.live().filter(({ cancelled }) => cancelled)) await model.move(task, 'good');
}

const AT = '2026-01-01T00:00:00.000Z';
const UNJUDGED: WatchEnd = {
  ended: 'error', verdict: { kind: 'error', findings: [{ rule: 'latency', kind: 'error', text: 'the metrics store is away' }], at: AT },
};
const BREACH: WatchEnd = {
  ended: 'no-stable', verdict: { kind: 'fail', findings: [{ rule: 'errors', kind: 'fail', text: 'errors 9 of 20' }], at: AT },
};
const addresses = (model: ModelRun) => model.run.control.gates.map(({ address }) => address);
const FIRST = { stable: null };

describe('a gate that opens as nobody can judge', () => {
  it('closes by itself once the candidate is judged again, says so, and the bake goes on', async () => {
    const model = await inFirstBake({});
    await watchEnds(model, UNJUDGED);
    expect(addresses(model)).toEqual(['1/error']);
    expect(model.newestWatch()?.input).toMatchObject({ bakeMs: null, endsOnceJudged: true });
    await watchGoes(model, 'good');
    expect(addresses(model)).toEqual([]);
    expect(model.run.control.step).toBe(1);
    expect(model.newestWatch()?.input).toMatchObject({ bakeMs: aPlan().steps[0]?.bakeMs, progress: { shifted: true } });
    expect(model.run.state.data.notes.some((note) => note.includes('1/error'))).toBe(true);
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('succeeded');
  });

  it('goes on with the next step when people approve it before', async () => {
    const model = await inFirstBake({});
    await watchEnds(model, UNJUDGED);
    expect(model.send('approve', 'ann', { gate: '1/error' })).toBe('OK');
    await model.runtime.settle();
    expect(model.run.control.step).toBe(2);
  });

  it('still closes by itself after a breach beside it was waved through', async () => {
    const model = await inFirstBake({});
    await watchEnds(model, UNJUDGED);
    await watchEnds(model, { ...BREACH, ended: 'breach', pulled: null });
    expect(addresses(model)).toEqual(['1/error', '1/breach']);
    model.send('approve', 'ann', { gate: '1/breach' });
    await model.runtime.settle();
    expect(model.newestWatch()?.input).toMatchObject({ endsOnceJudged: true });
    await watchGoes(model, 'good');
    expect(addresses(model)).toEqual([]);
  });

  it('goes back to stable when nobody decides in time', async () => {
    const model = await inFirstBake({});
    await watchEnds(model, UNJUDGED);
    await model.runtime.advance();
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('rolled-back');
  });
});

describe('a candidate at 100 % whose stable is gone', () => {
  it('is not stopped when nobody decides in time whether it is to stay unjudged', async () => {
    const model = await inFirstBake({ steps: [] });
    await watchEnds(model, UNJUDGED);
    await model.runtime.advance();
    await stableIsFoundDown(model);
    expect(model.phase).toBe('needs-attention');
    expect(model.routers.share(model.candidate)).toBe(10_000);
    expect(model.runtime.tasks.some(({ name }) => name === 'retire')).toBe(false);
  });
});

describe('a first release that serves', () => {
  it.each([
    ['nobody can judge it', UNJUDGED, '3/error'],
    ['there is too little data', { ...UNJUDGED, ended: 'no-data' } as WatchEnd, '3/no-data'],
    ['people are asked about a breach', { ...BREACH, ended: 'breach', pulled: null } as WatchEnd, '3/breach'],
  ])('is never stopped by time alone where %s', async (_, end, address) => {
    const model = await inFirstBake(FIRST);
    await watchEnds(model, end);
    expect(addresses(model)).toEqual([address]);
    await model.runtime.advance();
    expect(addresses(model)).toEqual([address]);
    expect(told(model)).toBe(2);
    expect(model.runtime.tasks.some(({ name }) => name === 'retire')).toBe(false);
  });

  it('needs attention when it breaches, by the breach with its numbers, and serves on', async () => {
    const model = await inFirstBake(FIRST);
    await watchEnds(model, BREACH);
    expect(model.phase).toBe('needs-attention');
    expect(model.run.state.data.cause).toMatchObject({ code: 'BREACH', text: 'errors 9 of 20' });
    expect(model.run.state.data.waitsFor).toContain('errors 9 of 20');
    expect(model.routers.share(model.candidate)).toBe(10_000);
  });
});
