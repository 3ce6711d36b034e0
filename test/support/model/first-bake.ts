import { aPlan } from '../plans.js';
import { type Fate, ModelRun } from './model-run.js';

/** The newest watch goes on by one piece. */
export async function watchGoes(model: ModelRun, fate: Fate): Promise<void> {
  await model.runtime.settle();
  const watch = model.newestWatch();
  if (!watch) throw new Error('no watch runs');
  await model.move(watch, fate);
}

/** A run whose candidate has its first share. */
export async function inFirstBake(over: Parameters<typeof aPlan>[0]): Promise<ModelRun> {
  const model = new ModelRun(aPlan(over));
  for (const name of ['claim', 'open', 'launch', 'verify']) {
    await model.runtime.settle();
    const task = model.runtime.live().find((each) => each.name === name);
    if (task) await model.move(task, 'good');
  }
  await watchGoes(model, 'good');
  return model;
}

/** How often people were told of a gate. */
export function told(model: ModelRun): number {
  return model.runtime.tasks.filter(({ name, input }) => name === 'notify' && 'kind' in input && input.kind === 'gate-opened').length;
}
