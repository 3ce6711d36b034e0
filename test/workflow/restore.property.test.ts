import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ASKING_GATE } from '../../src/domain/deployment/gate.js';
import { RESTORE_CONTROL_KINDS } from '../../src/domain/backup/restore-message.js';
import { aRestorePlan, aSourceSpec } from '../support/backup-plans.js';
import { type Ending, RestoreModel } from '../support/model/restore-model.js';

const ending = fc.oneof({ weight: 12, arbitrary: fc.constant<Ending>('ok') }, { weight: 1, arbitrary: fc.constantFrom<Ending>('failed', 'lost', 'unproven') });

/** What the driver does next. */
const move = fc.oneof(
  { weight: 8, arbitrary: fc.record({ move: fc.constant('end' as const), ending, which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('backup' as const), ending }) },
  { weight: 2, arbitrary: fc.record({ move: fc.constant('time' as const) }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('terminate' as const) }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant('send' as const), kind: fc.constantFrom(...RESTORE_CONTROL_KINDS), live: fc.constantFrom('old' as const, 'restored' as const) }) },
);

const scene = fc.record({
  dryRun: fc.boolean(), gate: fc.boolean(), onTimeout: fc.constantFrom('abort' as const, 'proceed' as const, 'remind' as const), quiesce: fc.boolean(),
  keepOldMs: fc.constantFrom(0, 60_000), busyFor: fc.nat(2), moves: fc.array(move, { maxLength: 80, size: 'max' }),
});

type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function modelOf({ dryRun, gate, onTimeout, quiesce, keepOldMs, busyFor }: Scene): RestoreModel {
  let asked = 0;
  const source = aSourceSpec({
    restore: {
      keepOldMs, checks: {}, verify: {}, ...(gate && { gate: { ...ASKING_GATE, name: 'dba', onTimeout } }),
      ...(quiesce && { quiesce: { kind: 'read-only' as const } }),
    },
  });
  // Busy at first only now and then: a restore that finds a deployment gives up.
  return new RestoreModel(aRestorePlan({ source, dryRun, holds: dryRun ? [] : ['shop'] }), () => { asked += 1; return busyFor > 0 && asked > 1 && asked <= 1 + busyFor; });
}

async function drive(model: RestoreModel, moves: Scene['moves']): Promise<void> {
  for (const step of moves) {
    await model.world.settle();
    if (model.ended) return;
    if (step.move === 'end') {
      const live = model.world.live();
      const task = live[step.which % Math.max(1, live.length)];
      if (task) model.end(task, step.ending);
    } else if (step.move === 'backup') model.endBackup(step.ending);
    // Whoever ends a hold in the very moment of a swap cannot be noticed in time.
    else if (step.move === 'terminate' && !model.world.live().some(({ name }) => name === 'swap' || name === 'swapBack')) model.loseHolds();
    else if (step.move === 'send') model.send(step.kind, step.live);
    // A cancelled step ends sooner than anything that waits for time.
    else if (!model.world.live().some(({ cancelled }) => cancelled)) await model.world.advance();
  }
}

/** From here on everything works and people decide, so it must end. */
async function comeToAnEnd(model: RestoreModel): Promise<void> {
  await model.goOnUntil(() => {
    if (model.control.paused) model.send('resume', 'old');
    if (model.control.gates.length > 0) model.send('approve', 'old');
    return false;
  });
}

describe('a restore', () => {
  it('never swaps what is not held, protected, proven and approved, loses nothing it still needs, and always ends with what it says', async () => {
    await fc.assert(fc.asyncProperty(scene, async (given) => {
      const model = modelOf(given);
      await drive(model, given.moves);
      await comeToAnEnd(model);
      const { state } = model.run;
      expect(model.ended).not.toBeNull();
      expect(model.broken).toEqual([]);
      expect(model.leftovers()).toEqual([]);
      expect(model.held).toBe(false);
      expect(model.answer).not.toBeNull();
      expect(model.toldApart.map(({ kind }) => kind)).toEqual(state.begun ? [model.ended === 'succeeded' ? 'restore-succeeded' : 'restore-failed'] : []);
      if (!state.leaveAll) expect(state.live).toBe(model.live);
      if (!state.leaveAll) expect(model.live).toBe(model.ended === 'succeeded' && !given.dryRun ? 'restored' : 'old');
      const byHand = state.status(model.control).notes.some((note) => note.includes('sees to it'));
      if (!byHand) expect([state.writes, model.writable]).toEqual(['allowed', true]);
      if (model.ended === 'succeeded' && !given.dryRun) expect(model.proven && model.safety).toBe(true);
    }), { numRuns: 400 });
  }, 60_000);

  it('that was aborted before the swap was asked for leaves live as it was', async () => {
    await fc.assert(fc.asyncProperty(scene, async (given) => {
      const model = modelOf(given);
      await drive(model, given.moves);
      const before = model.run.state.swapBegun;
      model.send('abort', 'old');
      const taken = model.control.abort !== null;
      await comeToAnEnd(model);
      if (taken && !before) expect([model.live, model.droppedOld]).toEqual(['old', false]);
      if (taken && !model.run.state.leaveAll) expect(model.ended).not.toBe('succeeded');
    }), { numRuns: 300 });
  }, 60_000);
});
