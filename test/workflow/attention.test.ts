import { describe, expect, it } from '@jest/globals';
import { coolDown } from '../support/model/model-drive.js';
import { ModelRun, type Fate } from '../support/model/model-run.js';
import { aPlan, aStep } from '../support/plans.js';

/** Moves the newest live step of that name. */
async function goes(model: ModelRun, name: string, fate: Fate): Promise<void> {
  await model.runtime.settle();
  const task = model.runtime.live().findLast((each) => each.name === name);
  if (!task) throw new Error(`no ${name} is in flight`);
  await model.move(task, fate);
}

async function atKeepWarm(): Promise<ModelRun> {
  const model = new ModelRun(aPlan({ steps: [aStep(1, 100, { bakeMs: 0 })], strategy: { name: 'blueGreen', kind: 'blueGreen' } }));
  for (const name of ['claim', 'open', 'launch', 'verify', 'watch']) await goes(model, name, 'good');
  return model;
}

describe('needs-attention', () => {
  it('takes a second decision in place of the first while that one cannot be carried out', async () => {
    const model = await atKeepWarm();
    model.send('abort', 'ann');
    await goes(model, 'shift', 'bad');
    await model.runtime.advance();
    await goes(model, 'attend', 'half');
    expect(model.send('resolve', 'ann', { resolve: { slot: 'green' } })).toBe('OK');
    await goes(model, 'attend', 'half');
    expect(model.send('resolve', 'ann', { resolve: { slot: 'blue' } })).toBe('OK');
    await goes(model, 'attend', 'good');
    expect(model.routers.share('blue')).toBe(10_000);
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('rolled-back');
  });

  it('goes back by itself when the roles change meets a pull that only one router instance knew of', async () => {
    const model = await atKeepWarm();
    await goes(model, 'watch', 'good');
    await goes(model, 'shift', 'half');
    model.routers.pull([`${model.run.state.deployment}.${model.run.state.data.generation}`]);
    await goes(model, 'attend', 'good');
    await model.runtime.advance();
    await goes(model, 'attend', 'good');
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('rolled-back');
    expect(model.run.state.data.cause?.code).toBe('PULLED');
    expect(model.routers.share('blue')).toBe(10_000);
  });

  it('says why it went back where a person named stable after the roles change had begun', async () => {
    const model = await atKeepWarm();
    await goes(model, 'watch', 'good');
    await goes(model, 'shift', 'half');
    await goes(model, 'attend', 'half');
    model.send('resolve', 'ann', { resolve: { slot: 'blue' } });
    await goes(model, 'attend', 'good');
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('rolled-back');
    expect(model.run.state.data.cause).toMatchObject({ code: 'ABORTED', by: 'ann' });
  });

  it('gives no reason for going back where a person kept the candidate', async () => {
    const model = await atKeepWarm();
    model.send('abort', 'ann');
    await goes(model, 'shift', 'bad');
    await model.runtime.advance();
    await goes(model, 'attend', 'half');
    model.send('resolve', 'ann', { resolve: { slot: 'green' } });
    await goes(model, 'attend', 'good');
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('succeeded');
    expect(model.run.state.data.cause).toBeNull();
  });
});
