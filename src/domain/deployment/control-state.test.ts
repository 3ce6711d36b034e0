import { describe, expect, it } from '@jest/globals';
import type { Control, ControlKind } from './control-message.js';
import { ControlState, type Point } from './control-state.js';
import { openGate } from './gate.js';

const NOW = 1_000_000;
const ANN = { name: 'ann', roles: ['approver'] };
const BOB = { name: 'bob', roles: ['approver'] };
const PROVEN = { proven: true, nowMs: NOW };
const SPEC = { quorum: 1, notOwnChange: false, timeoutMs: 60_000, onTimeout: 'abort' } as const;
const HEALTHY = { atMs: NOW, healthy: { blue: true, green: true }, unreachable: ['b'], unserved: [], instances: ['a', 'b'] };
const BREACH = { code: 'BREACH', by: 'watch', text: 'errors 4 of 12' };

let ids = 0;
function message(kind: ControlKind, over: Partial<Control> = {}): Control {
  ids += 1;
  return { kind, id: `m${ids}`, deployment: 'D1', by: ANN, ...over };
}

function at(point: Point, step = 1): ControlState {
  const control = new ControlState({ deployment: 'D1', requester: 'ann' });
  control.enter(point, step);
  return control;
}

function withGate(over: Partial<Parameters<typeof openGate>[1]> = {}): ControlState {
  const control = at('none');
  control.open(openGate('1/smoke', { ...SPEC, ...over }, NOW, 'step 1 of 2'));
  return control;
}

const refusal = (control: ControlState, sent: Control, sender = PROVEN): string | undefined => control.apply(sent, sender)?.code;

describe('ControlState refuses', () => {
  it('a message for another deployment', () => {
    expect(refusal(at('bake'), message('pause', { deployment: 'D2' }))).toBe('WRONG_DEPLOYMENT');
  });

  it('a message for another step', () => {
    expect(refusal(at('bake', 2), message('skip', { step: 1 }))).toBe('WRONG_STEP');
  });

  it('everything once the deployment has ended', () => {
    expect(refusal(at('ended'), message('abort'))).toBe('DEPLOYMENT_ENDED');
  });

  it('an abort past the point of no return', () => {
    const control = at('none');
    expect(control.closeAborts()).toBe(true);
    expect(refusal(control, message('abort'))).toBe('PAST_NO_RETURN');
    expect(control.abort).toBeNull();
  });

  it('a pause while paused, and a resume while not', () => {
    const control = at('bake');
    expect(refusal(control, message('resume'))).toBe('NOT_PAUSED');
    control.apply(message('pause'), PROVEN);
    expect(refusal(control, message('pause'))).toBe('ALREADY_PAUSED');
  });

  it.each<Point>(['none', 'attention'])('a skip at "%s", where nothing bakes', (point) => {
    expect(refusal(at(point), message('skip'))).toBe('NOTHING_TO_SKIP');
  });

  it('a second skip of the same bake', () => {
    const control = at('bake');
    control.apply(message('skip'), PROVEN);
    expect(refusal(control, message('skip'))).toBe('NOTHING_TO_SKIP');
  });

  it('a second promote', () => {
    const control = at('bake');
    control.apply(message('promote'), PROVEN);
    expect(refusal(control, message('promote'))).toBe('ALREADY_PROMOTING');
  });

  it('an approval of a gate that is not open', () => {
    expect(refusal(at('bake'), message('approve', { gate: '1/smoke' }))).toBe('GATE_NOT_OPEN');
    expect(refusal(withGate(), message('approve', { gate: '2/smoke' }))).toBe('GATE_NOT_OPEN');
  });

  it('a bare approval while two gates are open', () => {
    const control = withGate();
    control.open(openGate('1/breach', SPEC, NOW, 'errors'));
    expect(refusal(control, message('approve'))).toBe('GATE_NOT_OPEN');
    expect(refusal(control, message('approve', { gate: '1/breach' }))).toBeUndefined();
  });

  it('a decision on a gate that has its approvals', () => {
    const control = withGate();
    control.apply(message('approve'), PROVEN);
    expect(refusal(control, message('reject', { by: BOB }))).toBe('ALREADY_DECIDED');
  });

  it('an approval without the role, without proof, or of one’s own change', () => {
    expect(refusal(withGate({ role: 'release-manager' }), message('approve'))).toBe('ROLE_REQUIRED');
    expect(refusal(withGate({ role: 'approver' }), message('approve'), { ...PROVEN, proven: false })).toBe('ROLE_REQUIRED');
    expect(refusal(withGate({ notOwnChange: true }), message('approve', { by: ANN }))).toBe('ROLE_REQUIRED');
  });

  it('everything but an abort while it aborts', () => {
    const control = at('bake');
    control.apply(message('abort'), PROVEN);
    for (const kind of ['pause', 'resume', 'approve', 'reject', 'promote', 'skip'] as const) expect(refusal(control, message(kind))).toBe('ABORTING');
    expect(refusal(control, message('abort'))).toBeUndefined();
  });

  it('a resolve outside needs-attention', () => {
    expect(refusal(at('bake'), message('resolve', { resolve: { slot: 'blue' } }))).toBe('NOT_IN_ATTENTION');
  });

  it('a resolve that names nothing', () => {
    expect(refusal(at('attention'), message('resolve'))).toBe('INVALID_REQUEST');
  });

  it('a resolve before the routers were read', () => {
    expect(refusal(at('attention'), message('resolve', { resolve: { slot: 'blue' } }))).toBe('READ_TOO_OLD');
  });

  it('a resolve that contradicts the read', () => {
    const control = at('attention');
    control.sawInAttention(HEALTHY);
    expect(refusal(control, message('resolve', { resolve: { drop: 'a' } }))).toBe('RESOLVE_REFUSED');
  });
});

describe('ControlState takes', () => {
  it('an abort while paused: nobody has to resume first', () => {
    const control = at('bake');
    control.apply(message('pause'), PROVEN);
    control.apply(message('abort', { reason: 'too slow' }), PROVEN);
    expect(control.abort).toEqual({ code: 'ABORTED', by: 'ann', text: 'too slow' });
    expect(control.paused).toBe(false);
  });

  it('an abort at an open gate, which closes the gate', () => {
    const control = withGate();
    control.apply(message('abort'), PROVEN);
    expect(control.gates).toEqual([]);
    expect(control.hasPassed('1/smoke')).toBe(false);
  });

  it('a reject as an abort with its own code', () => {
    const control = withGate();
    control.apply(message('reject', { by: BOB }), PROVEN);
    expect(control.abort).toMatchObject({ code: 'REJECTED', by: 'bob' });
  });

  it('an abort after an approval: the roles do not change', () => {
    const control = withGate();
    control.apply(message('approve'), PROVEN);
    control.apply(message('abort'), PROVEN);
    expect(control.closeAborts()).toBe(false);
  });

  it('the first cause of an abort and no later one', () => {
    const control = at('bake');
    control.abortFor(BREACH);
    control.apply(message('abort'), PROVEN);
    expect(control.abort).toEqual(BREACH);
  });

  it('a pause during a promote, so that both hold', () => {
    const control = at('bake');
    control.apply(message('promote'), PROVEN);
    control.apply(message('pause'), PROVEN);
    expect(control.paused).toBe(true);
    expect(control.cutsShort).toBe(true);
  });

  it('a promote that ends bakes but neither keepWarm nor a gate', () => {
    const control = withGate();
    control.apply(message('promote'), PROVEN);
    expect(control.hasPassed('1/smoke')).toBe(false);
    control.enter('bake', 2);
    expect(control.cutsShort).toBe(true);
    control.enter('keep-warm', 3);
    expect(control.cutsShort).toBe(false);
  });

  it('a skip for this bake only', () => {
    const control = at('bake');
    control.apply(message('skip'), PROVEN);
    expect(control.cutsShort).toBe(true);
    control.enter('bake', 2);
    expect(control.cutsShort).toBe(false);
  });

  it('a quorum only from distinct people', () => {
    const control = withGate({ quorum: 2 });
    control.apply(message('approve'), PROVEN);
    expect(refusal(control, message('approve'))).toBe('ALREADY_DECIDED');
    expect(control.hasPassed('1/smoke')).toBe(false);
    control.apply(message('approve', { by: BOB }), PROVEN);
    expect(control.hasPassed('1/smoke')).toBe(true);
  });

  it('a reminder of an open gate without losing its approvals', () => {
    const control = withGate({ quorum: 2 });
    control.apply(message('approve'), PROVEN);
    control.open(openGate('1/smoke', { ...SPEC, quorum: 2 }, NOW + 60_000, 'step 1 of 2'));
    control.apply(message('approve', { by: BOB }), PROVEN);
    expect(control.hasPassed('1/smoke')).toBe(true);
  });

  it('a repeated id once, without a refusal', () => {
    const control = at('bake');
    const pause = message('pause');
    control.apply(pause, PROVEN);
    control.apply(message('resume'), PROVEN);
    expect(control.apply(pause, PROVEN)).toBeUndefined();
    expect(control.paused).toBe(false);
  });

  it('a resolve past the point of no return and during an abort', () => {
    const control = at('attention');
    control.abortFor(BREACH);
    control.sawInAttention(HEALTHY);
    control.apply(message('resolve', { resolve: { slot: 'green' } }), PROVEN);
    control.apply(message('resolve', { resolve: { drop: 'b' } }), PROVEN);
    expect(control.resolution).toEqual({ slot: 'green', by: 'ann' });
    expect(control.dropped).toEqual(['b']);
  });
});

describe('ControlState with a contract left', () => {
  const atContract = (): ControlState => {
    const control = at('none', 3);
    control.closeAborts();
    control.enterContract(4);
    control.open(openGate('4/dba', SPEC, NOW, 'v2 is live'));
    return control;
  };

  it('takes an approval although the roles have changed', () => {
    const control = atContract();
    expect(refusal(control, message('approve'))).toBeUndefined();
    expect([control.hasPassed('4/dba'), control.contractStopped]).toEqual([true, null]);
  });

  it('takes a reject as a no to the contract, never as an abort', () => {
    const control = atContract();
    expect(refusal(control, message('reject', { reason: 'not on a Friday' }))).toBeUndefined();
    expect([control.abort, control.contractStopped]).toEqual([null, { code: 'REJECTED', by: 'ann', text: 'not on a Friday' }]);
  });

  it.each([0, 1])('takes an abort as the end of the contract, with %s gates open, never as a way back', (gates) => {
    const control = atContract();
    if (gates === 0) control.close('4/dba');
    expect(refusal(control, message('abort', { reason: 'it blocks everybody' }))).toBeUndefined();
    expect([control.abort, control.contractStopped?.text, control.gates]).toEqual([null, 'it blocks everybody', []]);
    expect(refusal(control, message('abort'))).toBeUndefined();
    expect(control.contractStopped?.text).toBe('it blocks everybody');
  });

  it('takes a cancel from Temporal in the same way', () => {
    const control = atContract();
    expect(control.abortFor({ code: 'CANCELLED', by: 'Temporal', text: 'cancelled' })).toBe(true);
    expect([control.abort, control.contractStopped?.code]).toEqual([null, 'CANCELLED']);
  });

  it('says what stops the contract where nothing is to be approved', () => {
    const control = atContract();
    control.close('4/dba');
    expect(control.check(message('reject'), PROVEN)).toEqual({ code: 'GATE_NOT_OPEN', text: expect.stringContaining('an abort stops the migration contract') });
  });

  it.each<ControlKind>(['pause', 'resume', 'promote', 'skip'])('refuses a %s', (kind) => {
    expect(refusal(atContract(), message(kind))).toBe('PAST_NO_RETURN');
  });

  it('asks who approves where the gate does', () => {
    const control = at('none', 3);
    control.enterContract(4);
    control.open(openGate('4/dba', { ...SPEC, role: 'dba' }, NOW, 'v2 is live'));
    expect(refusal(control, message('approve'))).toBe('ROLE_REQUIRED');
  });

  it('takes an approval also after an abort that people overruled by naming the candidate', () => {
    const control = at('none', 3);
    control.abortFor(BREACH);
    control.enterContract(4);
    control.open(openGate('4/dba', SPEC, NOW, 'v2 is live'));
    expect(refusal(control, message('approve'))).toBeUndefined();
  });
});

describe('ControlState that asks anew', () => {
  it('forgets what was answered before, and takes the one slot that it names', () => {
    const control = at('attention');
    control.sawInAttention(HEALTHY);
    control.apply(message('resolve', { resolve: { slot: 'blue' } }), PROVEN);
    control.ask('blue', NOW);
    expect(control.resolution).toBeNull();
    expect(refusal(control, message('resolve', { resolve: { slot: 'green' } }))).toBe('RESOLVE_REFUSED');
    expect(refusal(control, message('resolve', { resolve: { slot: 'blue' } }))).toBeUndefined();
    expect(control.resolution).toEqual({ slot: 'blue', by: 'ann' });
  });
});

describe('ControlState remembers', () => {
  it('the last 200 ids and no more', () => {
    const control = at('bake');
    for (let n = 0; n < 201; n += 1) control.apply(message(n % 2 === 0 ? 'pause' : 'resume', { id: `n${n}` }), PROVEN);
    expect(control.hasSeen('n0')).toBe(false);
    expect(control.hasSeen('n1')).toBe(true);
    expect(control.snapshot().seen).toHaveLength(200);
  });

  it('everything through a snapshot, as plain data', () => {
    const control = withGate();
    control.apply(message('pause', { id: 'kept' }), PROVEN);
    const carried = new ControlState(JSON.parse(JSON.stringify(control.snapshot())) as ReturnType<ControlState['snapshot']>);
    expect(carried.snapshot()).toEqual(control.snapshot());
    expect(carried.hasSeen('kept')).toBe(true);
  });

  it('no id of a message that it refused: sent again it may be taken', () => {
    const control = at('none');
    const skip = message('skip');
    control.apply(skip, PROVEN);
    control.enter('bake', 1);
    expect(control.apply(skip, PROVEN)).toBeUndefined();
    expect(control.cutsShort).toBe(true);
  });
});
