import { describe, expect, it } from '@jest/globals';
import { coolDown } from '../support/model/model-drive.js';
import { inFirstBake, told, watchGoes } from '../support/model/first-bake.js';
import { ANALYSIS, aGate, aStep } from '../support/plans.js';

const ASK = { analysis: { ...ANALYSIS, onBreach: 'ask' as const } };

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

describe('what a watch learns of the traffic', () => {
  it('is told to the next one, and the first one counts from when the routers were read', async () => {
    const model = await inFirstBake({});
    const first = model.newestWatch()?.input;
    expect(first).toMatchObject({ opened: { at: 1, marks: { a: '0' } } });
    expect(first).not.toHaveProperty('known');
    await watchGoes(model, 'good');
    await model.runtime.settle();
    const next = model.newestWatch()?.input;
    expect(next).toMatchObject({ known: { perSecond: 5 } });
    expect(next).not.toHaveProperty('opened');
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
