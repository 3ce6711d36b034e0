import { describe, expect, it } from '@jest/globals';
import { coolDown } from '../support/model/model-drive.js';
import { ModelRun, type Fate } from '../support/model/model-run.js';
import { ANALYSIS, aGate, aPlan, aStep } from '../support/plans.js';

const ASK = { analysis: { ...ANALYSIS, onBreach: 'ask' as const } };

async function watchGoes(model: ModelRun, fate: Fate): Promise<void> {
  await model.runtime.settle();
  const watch = model.runtime.live().filter((task) => task.name === 'watch' && !task.cancelled).at(-1);
  if (!watch) throw new Error('no watch runs');
  await model.move(watch, fate);
}

async function inFirstBake(over: Parameters<typeof aPlan>[0]): Promise<ModelRun> {
  const model = new ModelRun(aPlan(over));
  for (const name of ['claim', 'open', 'launch', 'verify']) {
    await model.runtime.settle();
    const task = model.runtime.live().find((each) => each.name === name);
    if (task) await model.move(task, 'good');
  }
  await watchGoes(model, 'good');
  return model;
}

function told(model: ModelRun): number {
  return model.runtime.tasks.filter(({ name, input }) => name === 'notify' && 'kind' in input && input.kind === 'gate-opened').length;
}

describe('a breach that is asked about', () => {
  it('is asked about once while it lasts, and goes on by one approval', async () => {
    const model = await inFirstBake(ASK);
    await watchGoes(model, 'bad');
    const [watch] = model.runtime.live().filter((task) => task.name === 'watch');
    expect(watch?.input).toMatchObject({ bakeMs: null, waived: ['errors'] });
    expect(told(model)).toBe(1);
    expect(model.send('approve', 'ann', { gate: '1/breach' })).toBe('OK');
    await model.runtime.settle();
    expect(model.run.state.data.waitsFor).toBeNull();
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('succeeded');
  });

  it('is one question with what breaches next', async () => {
    const model = await inFirstBake(ASK);
    await watchGoes(model, 'bad');
    await watchGoes(model, 'bad');
    expect(model.run.control.gates).toMatchObject([{ address: '1/breach', reason: 'errors; latency' }]);
    expect(told(model)).toBe(2);
    expect(model.send('approve', 'ann')).toBe('OK');
    await model.runtime.settle();
    expect(model.run.state.data.waitsFor).toBeNull();
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('succeeded');
  });

  it('is asked about again at the next step', async () => {
    const model = await inFirstBake(ASK);
    await watchGoes(model, 'bad');
    model.send('approve', 'ann', { gate: '1/breach' });
    await watchGoes(model, 'good');
    await watchGoes(model, 'good');
    expect(model.run.control.step).toBe(2);
    await watchGoes(model, 'bad');
    expect(model.run.control.gates.map((gate) => gate.address)).toEqual(['2/breach']);
  });
});

describe('a gate that reminds', () => {
  it('keeps the approvals it has', async () => {
    const model = await inFirstBake({ steps: [aStep(1, 10, { gate: aGate('people', { quorum: 2, onTimeout: 'remind' }) }), aStep(2, 50)] });
    await watchGoes(model, 'good');
    model.send('approve', 'ann', { gate: '1/people' });
    await model.runtime.advance();
    expect(told(model)).toBe(2);
    expect(model.send('approve', 'bob', { gate: '1/people' })).toBe('OK');
    await model.runtime.settle();
    expect(model.run.control.step).toBe(2);
  });
});
