import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type RouterEntry, splitOf, UNMANAGED_ENTRY } from '../domain/router/entry.js';
import { generationOf, parseGeneration } from '../domain/router/generation.js';
import { applyShift } from './apply-shift.js';
import type { ShiftRequest } from './router.js';
import type { Cell } from './shift-rule.js';

const EMPTY: Cell = { entry: UNMANAGED_ENTRY, tombstones: [] };
const DEPLOYMENTS = ['D1', 'D2'];

type Step =
  | { readonly kind: 'shift'; readonly deployment: string; readonly n: number; readonly share: number; readonly base: string; readonly clearOthers: boolean }
  | { readonly kind: 'pull'; readonly deployment: string; readonly n: number };

const deployment = fc.constantFrom(...DEPLOYMENTS);
const n = fc.integer({ min: 1, max: 4 });
const base = fc.oneof(fc.constant('none'), fc.tuple(deployment, n).map(([d, i]) => generationOf(d, i)));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('shift' as const), deployment, n, share: fc.constantFrom(0, 2_500, 10_000), base, clearOthers: fc.boolean() }),
  fc.record({ kind: fc.constant('pull' as const), deployment, n }),
);

describe('a shift', () => {
  it('never gives traffic to a deployment that was pulled and whose tombstone stands', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      steps.reduce((cell, one) => {
        const next = take(cell, one);
        const owner = parseGeneration(next.entry.generation)?.deployment;
        const pulled = next.tombstones.some((grave) => parseGeneration(grave)?.deployment === owner);
        const rises = next.entry.generation !== cell.entry.generation && next.entry.candidateShare > 0;
        expect(pulled && rises).toBe(false);
        return next;
      }, EMPTY);
    }));
  });

  it('leaves no share to a live generation once its deployment’s next shift was answered pulled', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), n, (steps, at) => {
      const cell = steps.reduce(take, EMPTY);
      const { cell: after, result } = applyShift(cell, requestOf({ kind: 'shift', deployment: 'D1', n: at, share: 2_500, base: cell.entry.generation, clearOthers: false }));
      const live = parseGeneration(after.entry.generation)?.deployment;
      if (result.outcome !== 'pulled' || live !== 'D1') return;
      expect(splitOf(after.entry, after.tombstones)[after.entry.stable]).toBe(10_000);
    }));
  });

  it('is idempotent: repeated at once it changes nothing more', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), step, (steps, last) => {
      const once = take(steps.reduce(take, EMPTY), last);
      const again = take(once, last);
      expect(again.entry).toEqual(once.entry);
      expect(new Set(again.tombstones)).toEqual(new Set(once.tombstones));
    }));
  });

  it('never goes back to an earlier generation of its deployment', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      steps.reduce((cell, one) => {
        const next = take(cell, one);
        const [before, after] = [parseGeneration(cell.entry.generation), parseGeneration(next.entry.generation)];
        const foundByBase = one.kind === 'shift' && one.base === cell.entry.generation;
        if (before && after && before.deployment === after.deployment && !foundByBase) expect(after.n).toBeGreaterThanOrEqual(before.n);
        return next;
      }, EMPTY);
    }));
  });
});

function take(cell: Cell, one: Step): Cell {
  if (one.kind === 'shift') return applyShift(cell, requestOf(one)).cell;
  const generation = generationOf(one.deployment, one.n);
  return cell.tombstones.includes(generation) ? cell : { ...cell, tombstones: [...cell.tombstones, generation] };
}

function requestOf({ deployment: owner, n: count, share, base: from, clearOthers }: Extract<Step, { kind: 'shift' }>): ShiftRequest {
  const entry: RouterEntry = { ...UNMANAGED_ENTRY, phase: 'moving', generation: generationOf(owner, count), candidateShare: share, deployment: 'D0' };
  return { backend: 'checkout-production', entry, base: from, clearOthers };
}
