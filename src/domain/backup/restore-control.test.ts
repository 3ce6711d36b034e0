import { beforeEach, describe, expect, it } from '@jest/globals';
import { ASKING_GATE, openGate } from '../deployment/gate.js';
import { RestoreControl } from './restore-control.js';
import type { RestoreControlKind, RestoreControlMessage } from './restore-message.js';

const RESTORE = '01JC0000000000000000000000';
const PROVEN = { proven: true, nowMs: 0 };

describe('RestoreControl', () => {
  let control: RestoreControl;
  let messages = 0;
  const message = (kind: RestoreControlKind, over: Partial<RestoreControlMessage> = {}): RestoreControlMessage => {
    messages += 1;
    return { id: `m${messages}`, restore: RESTORE, by: { name: 'ann', roles: ['admin'] }, kind, ...over };
  };
  const send = (kind: RestoreControlKind, over: Partial<RestoreControlMessage> = {}): string | undefined => control.apply(message(kind, over), PROVEN)?.code;
  const open = (over: Partial<typeof ASKING_GATE> = {}): void => control.open(openGate('dba', { ...ASKING_GATE, ...over }, 0, 'swap?'));

  beforeEach(() => { control = new RestoreControl(RESTORE, 'requester'); });

  it('refuses a message for another restore', () => {
    expect(send('abort', { restore: 'another' })).toBe('WRONG_DEPLOYMENT');
  });

  it('takes a repeated message once', () => {
    const pause = message('pause');
    control.apply(pause, PROVEN);
    expect(control.apply(pause, PROVEN)).toBeUndefined();
    expect(send('resume')).toBeUndefined();
    control.apply(pause, PROVEN);
    expect(control.paused).toBe(false);
  });

  it('pauses and resumes, each once', () => {
    expect(send('resume')).toBe('NOT_PAUSED');
    expect(send('pause')).toBeUndefined();
    expect(send('pause')).toBe('ALREADY_PAUSED');
    expect(send('resume')).toBeUndefined();
    expect(control.paused).toBe(false);
  });

  it('has nothing to pause once the data is swapped', () => {
    control.enter('keeping');
    expect(send('pause')).toBe('NOTHING_TO_PAUSE');
  });

  it('lets an abort win over a pause and an open gate', () => {
    open();
    send('pause');
    expect(send('abort')).toBeUndefined();
    expect([control.paused, control.gates, control.abort?.code, control.canAbort]).toEqual([false, [], 'ABORTED', false]);
  });

  it('keeps the first cause', () => {
    send('abort', { reason: 'wrong backup' });
    control.abortFor({ code: 'SWAP_FAILED', by: 'slipway', text: 'later' });
    expect(control.abort).toMatchObject({ code: 'ABORTED', text: 'wrong backup' });
  });

  it('refuses everything but an abort while it goes back', () => {
    send('abort');
    expect([send('abort'), send('pause'), send('skip')]).toEqual([undefined, 'ABORTING', 'ABORTING']);
  });

  it('refuses an abort once the replaced data is being dropped', () => {
    expect(control.closeAborts()).toBe(true);
    expect(send('abort')).toBe('PAST_NO_RETURN');
    expect(control.abortFor({ code: 'CANCELLED', by: 'Temporal', text: '' })).toBe(false);
  });

  it('does not close aborts behind one', () => {
    send('abort');
    expect(control.closeAborts()).toBe(false);
  });

  it('passes a gate by its quorum of different people', () => {
    open({ quorum: 2 });
    expect(send('approve')).toBeUndefined();
    expect(send('approve')).toBe('ALREADY_DECIDED');
    expect(control.gatePassed).toBe(false);
    expect(send('approve', { by: { name: 'bob', roles: [] } })).toBeUndefined();
    expect(control.gatePassed).toBe(true);
  });

  it('keeps approvals when a gate is opened again to remind', () => {
    open({ quorum: 2 });
    send('approve');
    open({ quorum: 2 });
    expect(control.gates[0]?.approvals).toHaveLength(1);
  });

  it('refuses an approval of a gate that is not open', () => {
    expect(send('approve')).toBe('GATE_NOT_OPEN');
    open();
    expect(send('approve', { gate: 'other' })).toBe('GATE_NOT_OPEN');
  });

  it('does not count a signal at a gate that asks who approves', () => {
    open({ notOwnChange: true });
    expect(control.apply(message('approve'), { proven: false, nowMs: 0 })?.code).toBe('ROLE_REQUIRED');
  });

  it('takes a rejection as an abort', () => {
    open();
    send('reject', { by: { name: 'bob', roles: [] } });
    expect(control.abort).toMatchObject({ code: 'REJECTED', by: 'bob' });
  });

  it('skips only keepOld', () => {
    expect(send('skip')).toBe('NOTHING_TO_SKIP');
    control.enter('keeping');
    expect(send('skip')).toBeUndefined();
    expect(control.cutsShort).toBe(true);
  });

  it('is resolved only when it needs attention, by naming the data that is live', () => {
    expect(send('resolve', { live: 'old' })).toBe('NOT_IN_ATTENTION');
    control.enter('attention');
    expect(send('resolve')).toBe('INVALID_REQUEST');
    expect(send('resolve', { live: 'restored' })).toBeUndefined();
    expect(control.resolution).toEqual({ live: 'restored', by: 'ann' });
  });

  it('takes a resolve for the attention it was given in, and for no later one', () => {
    control.enter('attention');
    send('resolve', { live: 'old' });
    control.enter('working');
    control.enter('attention');
    expect(control.resolution).toBeNull();
  });

  it('refuses everything once it has ended', () => {
    control.enter('ended');
    expect([send('abort'), send('resolve', { live: 'old' })]).toEqual(['RESTORE_ENDED', 'RESTORE_ENDED']);
  });
});
