import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONTROL_KINDS } from '../../src/domain/deployment/control-message.js';
import { gateAddress, type Plan } from '../../src/domain/deployment/plan.js';
import type { PlanProtection } from '../../src/domain/deployment/protection.js';
import type { StepInput } from '../../src/domain/deployment/steps.js';
import { brokenEnd, brokenOrder } from '../support/model/data-order.js';
import { coolDown, letPeopleEnd, reach } from '../support/model/model-drive.js';
import { ModelRun, type Fate } from '../support/model/model-run.js';
import { aBackupPlan, ANALYSIS, aGate, aPlan, aRelease, aStep } from '../support/plans.js';

/** Messages after which a run still has somewhere to go. */
const HARMLESS = CONTROL_KINDS.filter((kind) => kind !== 'abort' && kind !== 'reject');

type Move =
  | { readonly kind: 'step'; readonly index: number; readonly fate: Fate }
  | { readonly kind: 'message'; readonly control: (typeof CONTROL_KINDS)[number]; readonly by: string; readonly slot: 'blue' | 'green'; readonly way: 'update' | 'signal' }
  | { readonly kind: 'time' } | { readonly kind: 'stalled' } | { readonly kind: 'stalled-pull' } | { readonly kind: 'cancel' } | { readonly kind: 'long-history' };

const fates = (good: number): fc.Arbitrary<Fate> => fc.oneof({ weight: good, arbitrary: fc.constant<Fate>('good') }, fc.constantFrom<Fate>('bad', 'half', 'lost'));
const moveWith = (fate: fc.Arbitrary<Fate>): fc.Arbitrary<Move> => fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('step' as const), index: fc.nat(5), fate }) },
  { weight: 5, arbitrary: fc.record({
    kind: fc.constant('message' as const),
    control: fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...CONTROL_KINDS) }, { weight: 2, arbitrary: fc.constantFrom(...HARMLESS) }), by: fc.constantFrom('ann', 'bob', 'cid'), slot: fc.constantFrom('blue' as const, 'green' as const), way: fc.constantFrom('update' as const, 'update' as const, 'signal' as const),
  }) },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ kind: 'time' }, { kind: 'cancel' }, { kind: 'long-history' }, { kind: 'stalled' }, { kind: 'stalled-pull' }) },
);

/** On most days little goes wrong, on some nearly everything. */
const moves = fc.oneof(...[12, 1].map((good) => fc.array(moveWith(fates(good)), { maxLength: 60, size: 'max' })));
/** Where the moves begin: at the claim, with a step's watch, while the old release is stopped, on the way back. */
const start = fc.oneof(fc.constantFrom('claim' as const, 'retiring' as const, 'going-back' as const), fc.nat(4));

const command = { command: ['migrate'], timeoutMs: 1_000 };
const protect: fc.Arbitrary<PlanProtection> = fc.record({
  backups: fc.constantFrom([], [aBackupPlan('orders')], [aBackupPlan('orders'), aBackupPlan('files')]), expand: fc.boolean(), revert: fc.boolean(),
  contract: fc.constantFrom<'none' | 'bare' | 'abort' | 'proceed' | 'remind'>('none', 'bare', 'abort', 'proceed', 'remind'), quorum: fc.integer({ min: 1, max: 2 }),
}).map(({ backups, expand, revert, contract, quorum }) => ({
  backups,
  migrate: {
    ...(expand && { expand: command }), ...(revert && { revert: command }),
    ...(contract === 'bare' && { contract: command }),
    ...(contract !== 'none' && contract !== 'bare' && { contract: { ...command, gate: aGate('dba', { quorum, onTimeout: contract }) } }),
  },
}));

const plan: fc.Arbitrary<Plan> = fc.record({
  strategy: fc.constantFrom('canary' as const, 'blueGreen' as const), gated: fc.boolean(), quorum: fc.integer({ min: 1, max: 2 }), first: fc.boolean(),
  firstFailure: fc.constantFrom('hold' as const, 'stop' as const), onTimeout: fc.constantFrom('abort' as const, 'remind' as const),
  onBreach: fc.constantFrom('rollback' as const, 'rollback' as const, 'ask' as const), protection: fc.option(protect, { nil: undefined }),
}).map(({ strategy, gated, quorum, first, firstFailure, onTimeout, onBreach, protection }) => {
  const gate = gated ? { gate: aGate('people', { quorum, onTimeout }) } : {};
  const steps = strategy === 'blueGreen' ? [aStep(1, 100, { bakeMs: 0, ...gate })] : [aStep(1, 10), aStep(2, 25, gate), aStep(3, 50)];
  return aPlan({ steps, firstFailure, analysis: { ...ANALYSIS, onBreach }, strategy: { name: strategy, kind: strategy }, stable: first ? null : aRelease('v1'), ...(protection && { protect: protection }) });
});

/** Runs the moves; after each one everything that must always hold is checked. */
async function play(model: ModelRun, moves: readonly Move[]): Promise<void> {
  await model.runtime.settle();
  for (const each of moves) {
    if (model.ended) break;
    await make(model, each);
    await model.runtime.settle();
    checkAlways(model);
  }
}

async function make(model: ModelRun, each: Move): Promise<void> {
  switch (each.kind) {
    case 'time': await model.runtime.advance(); return;
    case 'cancel': model.cancelFromTemporal(); return;
    case 'long-history': model.runtime.continues = true; return;
    case 'message': model.send(each.control, each.by, each.control === 'resolve' ? { resolve: { slot: each.slot } } : {}, each.way); return;
    case 'stalled': model.stalledWrites(); return;
    case 'stalled-pull': model.stalledPull(); return;
    case 'step': {
      const live = model.runtime.live().filter((each) => each.name !== 'notify');
      const task = live[each.index % Math.max(1, live.length)];
      if (task) await model.move(task, each.fate);
    }
  }
}

function checkAlways(model: ModelRun): void {
  expect(model.failure).toBeUndefined();
  expect(model.routers.sums()).toEqual([10_000, 10_000]);
  expect(model.unwatched()).toBe(false);
  if (model.abortAcknowledged && !model.resolvedToCandidate) expect(model.rolesChangedSomewhere()).toBe(false);
  expect(model.waitsForNobody()).toBe(false);
  if (!model.resolvedToCandidate) {
    if (model.condemned || model.marked) expect(model.ended).not.toBe('succeeded');
    if (model.abortAcknowledged || (model.condemned && !model.run.control.closed)) expect(model.goesBack()).toBe(true);
  }
  expect(model.movedWhilePaused()).toBe(false);
  checkApprovals(model);
  checkGates(model);
  checkAsked(model);
  checkSteps(model);
  expect(brokenOrder(model)).toEqual([]);
}

/** What was ended is over: whatever was stalled and comes through now moves nothing. */
function checkEnd(model: ModelRun): void {
  model.stalledWrites();
  expect(model.routers.sums()).toEqual([10_000, 10_000]);
  if (model.ended === 'rolled-back' || model.ended === 'aborted') expect(model.routers.share(model.candidate)).toBe(0);
  if (model.ended === 'succeeded') expect(model.routers.share(model.candidate)).toBe(10_000);
  expect(brokenEnd(model)).toEqual([]);
}

/** The watches that began with a shift, in order. */
function shiftsOf(model: ModelRun): StepInput<'watch'>[] {
  return model.runtime.tasks.filter((task) => task.name === 'watch').map((task) => task.input as StepInput<'watch'>).filter((input) => input.shift);
}

/** Nobody is asked in vain: after a breach that asks, or missing data, somebody approved before the next step was shifted to. */
function checkAsked(model: ModelRun): void {
  for (const address of model.asked) {
    const later = shiftsOf(model).some((input) => input.step > Number(address.split('/')[0])) || model.ended === 'succeeded';
    if (later && !model.resolvedToCandidate) expect(model.approvals.some((approval) => approval.startsWith(`${address} `))).toBe(true);
  }
}

/** The candidate gets the shares of the plan, in the plan's order; none is left out unless a person promoted. */
function checkSteps(model: ModelRun): void {
  const given = shiftsOf(model).map((input) => input.shift?.entry.candidateShare ?? 0).filter((share, index, all) => share !== all[index - 1]);
  const canary = model.plan.strategy.kind === 'canary' && model.plan.stable;
  const wanted = [...(canary ? model.plan.steps.map((step) => step.share) : []), 10_000];
  if (model.run.control.promoting) expect(wanted).toEqual(expect.arrayContaining(given));
  else expect(given).toEqual(wanted.slice(0, given.length));
}

/** What was approved stays approved for as long as the gate is open. */
function checkApprovals(model: ModelRun): void {
  for (const gate of model.run.control.gates.filter(({ address }) => address.endsWith('/people'))) {
    const given = model.approvals.filter((approval) => approval.startsWith(`${gate.address} `)).map((approval) => approval.split(' ')[1]);
    expect(gate.approvals.map(({ by }) => by).toSorted()).toEqual(given.toSorted());
  }
}

/** Whatever was shifted after a gate's step had that gate's approvals, each by another person. */
function checkGates(model: ModelRun): void {
  const shifted = shiftsOf(model);
  for (const step of model.plan.steps) {
    const canary = model.plan.strategy.kind === 'canary';
    if (!step.gate || (canary && !model.plan.stable)) continue;
    const passed = shifted.some((input) => (canary ? input.step > step.number : input.step >= step.number));
    const address = gateAddress(step.number, step.gate.name);
    const people = new Set(model.approvals.filter((approval) => approval.startsWith(`${address} `)));
    if (passed) expect(people.size).toBeGreaterThanOrEqual(step.gate.quorum);
  }
}

describe('the control loop', () => {
  it('keeps its promises under any order of messages, failures and restarts', async () => {
    await fc.assert(fc.asyncProperty(plan, start, moves, async (of, from, given) => {
      const model = new ModelRun(of);
      await reach(model, from);
      await play(model, given);
      expect(await coolDown(model)).toBe(true);
      checkAlways(model);
      expect(await letPeopleEnd(model)).toBe(true);
      checkAlways(model);
      checkEnd(model);
    }), { numRuns: 800 });
  }, 300_000);

  it('promotes a good version without anybody', async () => {
    const model = new ModelRun(aPlan());
    expect(await coolDown(model)).toBe(true);
    expect(model.ended).toBe('succeeded');
  });
});
