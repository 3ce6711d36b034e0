import type { StepInput } from '../../../src/domain/deployment/steps.js';
import type { ModelRun } from './model-run.js';
import { labelOf, type ModelTask } from './model-runtime.js';

/** Moves on, all well, until there. A number is a step's bake; `steps.length + 1` is keepWarm. */
export async function reach(model: ModelRun, point: number | 'claim' | 'retiring' | 'going-back'): Promise<void> {
  if (point === 'claim') return;
  if (point === 'retiring') return reachRetiring(model);
  await reachStep(model, point === 'going-back' ? 1 : point);
  if (point === 'going-back') model.send('abort', 'ann');
}

/** Moves on, all well, until this step is in flight. */
export async function reachTask(model: ModelRun, label: string): Promise<ModelTask> {
  for (let i = 0; i < 100 && model.ended === undefined; i += 1) {
    await model.runtime.settle();
    const live = model.runtime.live();
    const found = live.find((task) => labelOf(task) === label && !task.cancelled);
    if (found) return found;
    const [task] = live.filter((each) => !isOpenEnded(each) || each.cancelled);
    if (task) await model.move(task, 'good');
    else await model.runtime.advance();
  }
  throw new Error(`${label} never began: ${model.runtime.log.join(', ')}`);
}

async function reachRetiring(model: ModelRun): Promise<void> {
  for (let i = 0; i < 60 && !model.run.state.data.rolesChanged && model.ended === undefined; i += 1) {
    await model.runtime.settle();
    for (const { address } of model.run.control.gates) for (const by of ['ann', 'bob']) model.send('approve', by, { gate: address });
    const [task] = model.runtime.live().filter((each) => !isOpenEnded(each) && each.name !== 'notify');
    if (task) await model.move(task, 'good');
  }
}

async function reachStep(model: ModelRun, step: number): Promise<void> {
  for (let i = 0; i < 60 && model.ended === undefined; i += 1) {
    await model.runtime.settle();
    const task = model.runtime.live().find((each) => each.name !== 'notify' && !isOpenEnded(each));
    if (model.run.control.step >= step && (task === undefined || task.name === 'watch')) return;
    for (const { address } of model.run.control.gates) for (const by of ['ann', 'bob']) model.send('approve', by, { gate: address });
    if (task) await model.move(task, 'good');
  }
}

/** The routers answer, the candidate is well, everything in flight ends well. @returns whether the run has ended or waits for people. */
export async function coolDown(model: ModelRun): Promise<boolean> {
  for (let i = 0; i < 400 && !model.ended && model.failure === undefined; i += 1) {
    await model.runtime.settle();
    const [next] = model.runtime.live().filter((task) => task.cancelled || !isOpenEnded(task));
    const waits = model.run.state.data.waitsFor !== null;
    if (next) await model.move(next, 'good');
    else if (waits) return true;
    else if (!(await model.runtime.advance())) return waits;
  }
  return model.ended !== undefined;
}

/** Everything that is waited for is done by people who let it go on, until the run has ended. @returns whether it has. */
export async function letPeopleEnd(model: ModelRun): Promise<boolean> {
  for (let i = 0; i < 30; i += 1) {
    await coolDown(model);
    if (model.ended !== undefined || model.failure !== undefined) return model.ended !== undefined;
    const { control } = model.run;
    if (control.paused) model.send('resume', 'ann');
    for (const { address } of control.gates) for (const by of ['ann', 'bob', 'cid']) model.send('approve', by, { gate: address });
    if (model.phase === 'needs-attention') model.send('resolve', 'ann', { resolve: { slot: model.run.state.stableSlot } });
    await model.runtime.settle();
    await model.runtime.advance();
  }
  return false;
}

function isOpenEnded(task: ModelTask): boolean {
  return task.name === 'watch' && (task.input as StepInput<'watch'>).bakeMs === null;
}
