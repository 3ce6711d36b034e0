import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONTROL_KINDS, type Control } from './control-message.js';
import { ControlState, type Point } from './control-state.js';
import { openGate } from './gate.js';

type Happening =
  | { readonly does: 'send'; readonly message: Control; readonly proven: boolean; readonly nowMs: number }
  | { readonly does: 'enter'; readonly point: Point; readonly step: number }
  | { readonly does: 'gate'; readonly address: string }
  | { readonly does: 'read'; readonly atMs: number; readonly blue: boolean; readonly green: boolean }
  | { readonly does: 'cause' } | { readonly does: 'close' };

/** A plan asks each gate for the same, however often it is opened. */
const GATES: Readonly<Record<string, { readonly quorum: number; readonly role?: string }>> = {
  '1/smoke': { quorum: 1 }, '1/breach': { quorum: 1, role: 'approver' }, '2/people': { quorum: 2, role: 'approver' }, '3/board': { quorum: 3 },
};
const addresses = fc.constantFrom(...Object.keys(GATES));
const nowMs = fc.integer({ min: 0, max: 60_000 });
const resolve: fc.Arbitrary<NonNullable<Control['resolve']>> = fc.oneof(
  fc.record({ slot: fc.constantFrom('blue' as const, 'green' as const) }), fc.record({ drop: fc.constantFrom('a', 'b') }));
const control: fc.Arbitrary<Control> = fc.record({
  kind: fc.constantFrom(...CONTROL_KINDS), id: fc.integer({ min: 0, max: 30 }).map((n) => `m${n}`), deployment: fc.constantFrom('D1', 'D1', 'D1', 'D2'),
  by: fc.record({ name: fc.constantFrom('ann', 'bob', 'cid'), roles: fc.subarray(['approver', 'admin']) }),
}).chain((required) => fc.record({ step: fc.integer({ min: 1, max: 3 }), gate: addresses, resolve }, { requiredKeys: [] }).map((rest) => ({ ...required, ...rest })));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('send' as const), message: control, proven: fc.boolean(), nowMs }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('enter' as const), point: fc.constantFrom<Point>('none', 'bake', 'keep-warm', 'attention', 'contract'), step: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('gate' as const), address: addresses }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('read' as const), atMs: nowMs, blue: fc.boolean(), green: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constantFrom<Happening>({ does: 'cause' }, { does: 'close' }) },
);

function happen(state: ControlState, each: Happening): void {
  switch (each.does) {
    case 'send': state.apply(each.message, each); return;
    case 'enter': state.enter(each.point, each.step); return;
    case 'gate': state.open(openGate(each.address, { quorum: 1, ...GATES[each.address], notOwnChange: false, timeoutMs: 1_000, onTimeout: 'abort' }, 0, 'asks')); return;
    case 'read': state.sawInAttention({ atMs: each.atMs, healthy: { blue: each.blue, green: each.green }, unreachable: ['b'], unserved: [], instances: ['a', 'b'] }); return;
    case 'cause': state.abortFor({ code: 'BREACH', by: 'watch', text: 'errors' }); return;
    case 'close': state.closeAborts(); return;
  }
}

/** Runs what happens and calls `look` before and after each. */
function live(happenings: readonly Happening[], look: (state: ControlState, next: Happening) => (() => void) | undefined): void {
  const state = new ControlState({ deployment: 'D1', requester: 'ann' });
  for (const each of happenings) {
    const after = look(state, each);
    happen(state, each);
    after?.();
  }
}

const lives = fc.array(happening, { minLength: 1, maxLength: 60 });

describe('ControlState, whatever happens,', () => {
  it('checks without changing anything', () => {
    fc.assert(fc.property(lives, (happenings) => live(happenings, (state, next) => {
      if (next.does !== 'send') return undefined;
      const before = JSON.stringify(state.snapshot());
      state.check(next.message, next);
      expect(JSON.stringify(state.snapshot())).toBe(before);
      return undefined;
    })));
  });

  it('applies exactly what it checks', () => {
    fc.assert(fc.property(lives, (happenings) => live(happenings, (state, next) => {
      if (next.does !== 'send') return undefined;
      const twin = new ControlState(state.snapshot());
      const before = twin.snapshot();
      const refusal = twin.check(next.message, next);
      expect(twin.apply(next.message, next)).toEqual(refusal);
      if (refusal) expect(twin.snapshot()).toEqual(before);
      return undefined;
    })));
  });

  it('keeps an abort, and its first cause, and never closes the way back after one', () => {
    fc.assert(fc.property(lives, (happenings) => live(happenings, (state) => {
      const { abort } = state;
      return () => {
        if (abort) expect(state.abort).toEqual(abort);
        expect(state.abort !== null && state.closed).toBe(false);
      };
    })));
  });

  it('counts each person once at a gate, and nobody unproven where a role is asked for', () => {
    fc.assert(fc.property(lives, (happenings) => live(happenings, (state, next) => {
      const approvals = (): number => state.gates.flatMap((gate) => (gate.role === null ? [] : gate.approvals)).length;
      const before = approvals();
      return () => {
        for (const { approvals: given } of state.gates) expect(new Set(given.map(({ by }) => by)).size).toBe(given.length);
        if (next.does === 'send' && !next.proven) expect(approvals()).toBeLessThanOrEqual(before);
      };
    })));
  });

  it('passes a gate only by approvals: no promote and no skip', () => {
    fc.assert(fc.property(lives, (happenings) => live(happenings, (state, next) => {
      const passed = state.gates.filter(({ address }) => state.hasPassed(address)).map(({ address }) => address);
      return () => {
        const now = state.gates.filter(({ address }) => state.hasPassed(address) && !passed.includes(address));
        if (now.length > 0) expect(next).toMatchObject({ does: 'send', message: { kind: 'approve' } });
      };
    })));
  });
});
