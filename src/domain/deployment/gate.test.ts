import { describe, expect, it } from '@jest/globals';
import { ASKING_GATE, isPassed, openGate, refusalOf, withApproval } from './gate.js';

const ANN = { name: 'ann', roles: ['approver'] };
const BOB = { name: 'bob', roles: [] };
const ROOT = { name: 'root', roles: ['admin'] };
const PROVEN = { proven: true, requester: 'cid' };
const SIGNAL = { ...PROVEN, proven: false };
const gate = (over: Partial<Parameters<typeof openGate>[1]> = {}) => openGate('1/smoke', { ...ASKING_GATE, ...over }, 0, 'why');

describe('a gate', () => {
  it('that Slipway opens itself asks one person of any role for four hours, then aborts', () => {
    expect(gate()).toMatchObject({ role: null, quorum: 1, until: '1970-01-01T04:00:00.000Z', onTimeout: 'abort', approvals: [] });
  });

  it('without a role takes an unproven approval', () => {
    expect(refusalOf(gate(), BOB, SIGNAL)).toBeUndefined();
  });

  it.each([{ role: 'approver' }, { quorum: 2 }, { notOwnChange: true }])('with %j takes no unproven approval', (over) => {
    expect(refusalOf(gate(over), ANN, SIGNAL)?.code).toBe('ROLE_REQUIRED');
  });

  it('with a role takes who has it, and an admin, and nobody else', () => {
    const asked = gate({ role: 'approver' });
    expect([ANN, ROOT, BOB].map((by) => refusalOf(asked, by, PROVEN)?.code)).toEqual([undefined, undefined, 'ROLE_REQUIRED']);
  });

  it('for others than the requester refuses the requester, even as admin', () => {
    expect(refusalOf(gate({ notOwnChange: true }), ROOT, { proven: true, requester: 'root' })?.code).toBe('ROLE_REQUIRED');
  });

  it('refuses the same person twice', () => {
    expect(refusalOf(withApproval(gate({ quorum: 2 }), ANN, 0), ANN, PROVEN)?.code).toBe('ALREADY_DECIDED');
  });

  it('is passed by its quorum and not by less', () => {
    const one = withApproval(gate({ quorum: 2 }), ANN, 0);
    expect([isPassed(one), isPassed(withApproval(one, BOB, 0))]).toEqual([false, true]);
  });

  it('keeps who approved, in which role and when', () => {
    expect(withApproval(gate({ role: 'approver' }), ANN, 1_000).approvals).toEqual([{ by: 'ann', role: 'approver', at: '1970-01-01T00:00:01.000Z' }]);
  });
});
