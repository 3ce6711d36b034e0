import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/deployment/plan.js';
import { coolDown, letPeopleEnd, reachTask } from '../support/model/model-drive.js';
import { ModelRun } from '../support/model/model-run.js';
import { aBackupPlan, aGate, aPlan, aRelease, aStep } from '../support/plans.js';

const COMMAND = { command: ['migrate'], timeoutMs: 1_000 };
const MIGRATE = { expand: COMMAND, contract: COMMAND, revert: COMMAND };
const BACKUPS = [aBackupPlan('orders'), aBackupPlan('files')];

const protectedRun = (over: Partial<Plan> = {}): ModelRun => new ModelRun(aPlan({ protect: { backups: BACKUPS, migrate: MIGRATE }, ...over }));
const followUps = (model: ModelRun): string[] => model.run.state.data.protection?.followUps.map(({ kind }) => kind) ?? [];
const began = (model: ModelRun, label: string): number => model.runtime.log.filter((entry) => entry === `${label} begins`).length;

describe('a protected deployment', () => {
  it('goes through its data and its traffic in this order', async () => {
    const model = protectedRun();
    expect(await coolDown(model)).toBe(true);
    const order = ['claim', 'backup', 'open', 'expand', 'launch', 'verify', 'watch', 'shift', 'retire blue', 'contract', 'record'];
    expect(model.runtime.log.filter((entry) => entry.endsWith(' begins')).map((entry) => entry.replace(' begins', '')).filter((label, index, all) => label !== 'notify' && all.indexOf(label) === index)).toEqual(order);
    expect([model.ended, followUps(model)]).toEqual(['succeeded', []]);
  });

  it('goes through them in the same order by blue-green', async () => {
    const model = protectedRun({ strategy: { name: 'blueGreen', kind: 'blueGreen' }, steps: [aStep(1, 100, { bakeMs: 0 })] });
    expect(await coolDown(model)).toBe(true);
    const begun = model.runtime.log.filter((entry) => entry.endsWith(' begins')).map((entry) => entry.replace(' begins', ''));
    expect(begun.filter((label) => ['backup', 'expand', 'launch', 'watch', 'retire blue', 'contract'].includes(label))).toEqual(['backup', 'backup', 'expand', 'launch', 'watch', 'retire blue', 'contract']);
    expect([model.ended, followUps(model)]).toEqual(['succeeded', []]);
  });

  it('touches nothing when one of its backups fails, and does not wait for the others', async () => {
    const model = protectedRun();
    await model.move(await reachTask(model, 'backup'), 'bad');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, began(model, 'open'), began(model, 'retire green')]).toEqual(['aborted', 0, 0]);
    expect(model.run.state.data.cause?.code).toBe('BACKUP_FAILED');
  });

  it('ends an abort during a backup without waiting for it', async () => {
    const model = protectedRun();
    const backup = await reachTask(model, 'backup');
    model.send('abort', 'ann');
    await model.runtime.settle();
    expect([backup.cancelled, began(model, 'record'), began(model, 'retire green')]).toEqual([true, 1, 0]);
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['aborted', []]);
  });

  it('is held by a pause before it touches data', async () => {
    const model = protectedRun();
    const backup = await reachTask(model, 'backup');
    expect(model.send('pause', 'ann')).toBe('OK');
    await model.move(backup, 'good');
    expect(await coolDown(model)).toBe(true);
    expect([model.run.state.data.waitsFor, began(model, 'open'), began(model, 'expand')]).toEqual(['paused: waits for a resume', 1, 0]);
    model.send('resume', 'ann');
    await reachTask(model, 'expand');
  });

  it('reverts nothing that was not begun', async () => {
    const model = protectedRun();
    await model.move(await reachTask(model, 'open'), 'bad');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, began(model, 'revert')]).toEqual(['aborted', 0]);
  });

  it('reverts an expand that failed half-way', async () => {
    const model = protectedRun();
    await model.move(await reachTask(model, 'expand'), 'bad');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, began(model, 'revert'), followUps(model)]).toEqual(['aborted', 1, ['restore-offered']]);
  });

  it('offers a restore where an expand that failed cannot be taken back', async () => {
    const model = protectedRun({ protect: { backups: BACKUPS, migrate: { expand: COMMAND } } });
    await model.move(await reachTask(model, 'expand'), 'bad');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['aborted', ['restore-offered']]);
  });

  it('waits for an expand that was cancelled, however long it takes, before it reverts', async () => {
    const model = protectedRun();
    const expand = await reachTask(model, 'expand');
    model.send('abort', 'ann');
    await model.runtime.settle();
    await model.runtime.advance();
    await model.move(await reachTask(model, 'retire green'), 'good');
    await model.runtime.settle();
    expect([expand.cancelled, began(model, 'revert')]).toEqual([true, 0]);
    await model.move(expand, 'lost');
    await model.move(await reachTask(model, 'revert'), 'good');
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('aborted');
  });

  it('offers a restore when the candidate had traffic', async () => {
    const model = protectedRun();
    await reachTask(model, 'watch');
    model.send('abort', 'ann');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['rolled-back', ['restore-offered']]);
    expect(model.run.state.data.protection?.followUps[0]?.backups).toHaveLength(2);
  });

  it('says that nothing takes an expand back where no revert is declared', async () => {
    const model = protectedRun({ protect: { backups: [], migrate: { expand: COMMAND } } });
    await model.move(await reachTask(model, 'launch'), 'bad');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, model.run.state.data.notes.some((note) => note.includes('no revert is declared'))]).toEqual(['aborted', true]);
  });
});

describe('a revert that cannot be done', () => {
  let model: ModelRun;
  beforeEach(async () => {
    model = protectedRun();
    await reachTask(model, 'watch');
    model.send('abort', 'ann');
  });
  const failRevert = async (): Promise<void> => {
    await model.move(await reachTask(model, 'revert'), 'bad');
    await model.runtime.settle();
  };

  it('is not begun while the candidate cannot be stopped', async () => {
    for (let i = 0; i < 2; i += 1) await model.move(await reachTask(model, 'retire green'), 'bad');
    await model.runtime.settle();
    expect([model.phase, began(model, 'revert')]).toEqual(['needs-attention', 0]);
    await model.runtime.advance();
    await model.move(await reachTask(model, 'retire green'), 'good');
    await reachTask(model, 'revert');
  });

  it('leaves the traffic on stable and asks for attention', async () => {
    await failRevert();
    expect([model.phase, model.routers.share(model.candidate)]).toEqual(['needs-attention', 0]);
  });

  it('can be left to a person while it runs for the first time', async () => {
    const revert = await reachTask(model, 'revert');
    const { phase, waitsFor } = model.run.state.status(model.run.control, 0);
    expect([phase, waitsFor]).toEqual(['rolling-back', expect.stringContaining('resolve {"slot": "blue"}')]);
    expect(model.send('resolve', 'ann', { resolve: { slot: model.candidate } })).toBe('RESOLVE_REFUSED');
    expect(model.send('resolve', 'ann', { resolve: { slot: 'blue' } })).toBe('OK');
    await model.runtime.settle();
    expect(revert.cancelled).toBe(true);
    await model.move(revert, 'lost');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['rolled-back', ['revert-failed', 'restore-offered']]);
    expect(model.run.state.data.protection?.followUps[0]?.text).toContain('ann ended it');
  });

  it('is tried again, and ends the run by itself when it works', async () => {
    await failRevert();
    await model.runtime.advance();
    await model.move(await reachTask(model, 'revert'), 'good');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['rolled-back', ['restore-offered']]);
  });

  it('is left to the person who names the slot that serves', async () => {
    await failRevert();
    expect(model.send('resolve', 'ann', { resolve: { slot: model.run.state.stableSlot } })).toBe('OK');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['rolled-back', ['revert-failed', 'restore-offered']]);
  });

  it('is left only with the slot that everything is on', async () => {
    await failRevert();
    expect(model.send('resolve', 'ann', { resolve: { slot: model.candidate } })).toBe('RESOLVE_REFUSED');
  });

  it('is stopped by that answer while it is tried again', async () => {
    await failRevert();
    await model.runtime.advance();
    const again = await reachTask(model, 'revert');
    model.send('resolve', 'ann', { resolve: { slot: model.run.state.stableSlot } });
    await model.runtime.settle();
    expect(again.cancelled).toBe(true);
    await model.move(again, 'lost');
    expect(await coolDown(model)).toBe(true);
    expect(followUps(model)).toEqual(['revert-failed', 'restore-offered']);
  });

  it('goes on asking in a new run when the history is long', async () => {
    await failRevert();
    model.runtime.continues = true;
    await model.runtime.advance();
    await coolDown(model);
    expect([model.phase, model.ended]).toEqual(['needs-attention', undefined]);
    expect(await letPeopleEnd(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['rolled-back', ['revert-failed', 'restore-offered']]);
  });

  it('needs an answer of its own: one about traffic was given before', async () => {
    model = protectedRun();
    const watch = await reachTask(model, 'watch');
    await model.move(watch, 'good');
    model.send('abort', 'ann');
    await model.move(await reachTask(model, 'shift'), 'bad');
    await model.move(await reachTask(model, 'attend'), 'half');
    expect(model.send('resolve', 'ann', { resolve: { slot: model.run.state.stableSlot } })).toBe('OK');
    await failRevert();
    expect([model.phase, model.run.control.resolution]).toEqual(['needs-attention', null]);
  });
});

describe('the gate of a contract', () => {
  const gated = (over: Parameters<typeof aGate>[1] = {}): ModelRun =>
    protectedRun({ protect: { backups: BACKUPS, migrate: { ...MIGRATE, contract: { ...COMMAND, gate: aGate('dba', over) } } } });
  const atGate = async (model: ModelRun): Promise<void> => {
    expect(await coolDown(model)).toBe(true);
    expect(model.run.control.gates.map(({ address }) => address)).toEqual(['4/dba']);
  };

  it('waits while the new version is live', async () => {
    const model = gated();
    await atGate(model);
    expect([model.phase, began(model, 'contract'), model.run.state.status(model.run.control, 0).canAbort]).toEqual(['contracting', 0, false]);
  });

  it('lets the contract run when people approve', async () => {
    const model = gated({ quorum: 2 });
    await atGate(model);
    model.send('approve', 'ann');
    await model.runtime.settle();
    expect(began(model, 'contract')).toBe(0);
    model.send('approve', 'bob');
    await model.move(await reachTask(model, 'contract'), 'good');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['succeeded', []]);
  });

  it('may be left by an abort: the contract is not run', async () => {
    const model = gated();
    await atGate(model);
    expect(model.send('abort', 'ann', { reason: 'it is to be undone' })).toBe('OK');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model), began(model, 'contract')]).toEqual(['succeeded', ['contract-pending'], 0]);
  });

  it.each(['promote', 'skip', 'pause'] as const)('takes no %s: nothing goes back', async (kind) => {
    const model = gated();
    await atGate(model);
    expect(model.send(kind, 'ann')).toBe('PAST_NO_RETURN');
  });

  it('leaves the contract to people when one of them says no', async () => {
    const model = gated();
    await atGate(model);
    expect(model.send('reject', 'ann', { reason: 'reports still read the column' })).toBe('OK');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model), began(model, 'contract')]).toEqual(['succeeded', ['contract-pending'], 0]);
    expect(model.run.state.data.protection?.followUps[0]?.text).toContain('reports still read the column');
  });

  it.each([['abort', 'contract-pending', 0], ['proceed', undefined, 1]] as const)('whose time is over with onTimeout %s leaves %s', async (onTimeout, left, runs) => {
    const model = gated({ onTimeout });
    await atGate(model);
    await model.runtime.advance();
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)[0], began(model, 'contract')]).toEqual(['succeeded', left, runs]);
  });

  it('tells again and waits on where it reminds', async () => {
    const model = gated({ onTimeout: 'remind' });
    await atGate(model);
    await model.runtime.advance();
    await atGate(model);
    expect(model.ended).toBeUndefined();
  });
});

describe('a contract that runs', () => {
  const stopped = async (stop: (model: ModelRun) => void): Promise<ModelRun> => {
    const model = protectedRun();
    const task = await reachTask(model, 'contract');
    stop(model);
    await model.runtime.settle();
    expect(task.cancelled).toBe(true);
    await model.move(task, 'lost');
    expect(await coolDown(model)).toBe(true);
    return model;
  };

  it('says that it can be stopped', async () => {
    const model = protectedRun();
    await reachTask(model, 'contract');
    const { phase, waitsFor, protection } = model.run.state.status(model.run.control, 0);
    expect([phase, waitsFor, protection?.pointOfNoReturn]).toEqual(['contracting', expect.stringContaining('an abort stops it'), expect.stringContaining('An abort stops it')]);
  });

  it('is stopped by an abort, and nothing goes back', async () => {
    const model = await stopped((live) => live.send('abort', 'ann', { reason: 'it blocks everybody' }));
    expect([model.ended, followUps(model), model.routers.share(model.candidate)]).toEqual(['succeeded', ['contract-stopped'], 10_000]);
    expect(model.run.state.data.protection).toMatchObject({ migrations: { contract: 'failed' }, followUps: [{ text: expect.stringContaining('ann: it blocks everybody') }] });
  });

  it('is stopped by a cancel from Temporal, and nothing goes back', async () => {
    const model = await stopped((live) => live.cancelFromTemporal());
    expect([model.ended, followUps(model)]).toEqual(['succeeded', ['contract-stopped']]);
  });

  it('is done when it ended before it could be stopped', async () => {
    const model = protectedRun();
    const task = await reachTask(model, 'contract');
    model.send('abort', 'ann');
    await model.move(task, 'good');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['succeeded', []]);
  });
});

describe('a contract that is not done', () => {
  it('was left to people by an abort while the old release was stopped', async () => {
    const model = protectedRun();
    await reachTask(model, 'retire blue');
    expect(model.run.state.status(model.run.control, 0).protection?.pointOfNoReturn).toMatch(/Passed for the traffic[^]*contract runs once[^]*An abort leaves/);
    expect(model.send('abort', 'ann')).toBe('OK');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model), began(model, 'contract')]).toEqual(['succeeded', ['contract-pending'], 0]);
  });

  it('is left to people when they named the candidate although it was going back', async () => {
    const model = protectedRun();
    await model.move(await reachTask(model, 'watch'), 'good');
    model.send('abort', 'ann', { reason: 'errors' });
    await model.move(await reachTask(model, 'shift'), 'bad');
    await model.move(await reachTask(model, 'attend'), 'half');
    expect(model.send('resolve', 'bob', { resolve: { slot: model.candidate } })).toBe('OK');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model), began(model, 'contract')]).toEqual(['succeeded', ['contract-pending'], 0]);
    expect(model.run.state.data.protection?.followUps[0]?.text).toContain('ABORTED: errors');
  });

  it('is a success with a follow-up when it failed', async () => {
    const model = protectedRun();
    await model.move(await reachTask(model, 'contract'), 'bad');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model)]).toEqual(['succeeded', ['contract-failed']]);
  });

  it('is left to people while the old release cannot be stopped', async () => {
    const model = protectedRun();
    for (let i = 0; i < 2; i += 1) await model.move(await reachTask(model, 'retire blue'), 'bad');
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, followUps(model), began(model, 'contract')]).toEqual(['succeeded', ['contract-pending'], 0]);
  });

  it('waits for nobody at a first deployment', async () => {
    const model = protectedRun({ stable: null, candidate: aRelease('v1') });
    expect(await coolDown(model)).toBe(true);
    expect([model.ended, began(model, 'contract')]).toEqual(['succeeded', 1]);
  });
});
