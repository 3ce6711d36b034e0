import { describe, expect, it } from '@jest/globals';
import { msToTs } from '@temporalio/common/lib/time.js';
import { tryingOf } from './trying.js';

const AT = Date.UTC(2030, 0, 1);
const at = (afterMs: number) => msToTs(AT + afterMs);
const failed = (type: string, message = 'nobody answers') => ({ message, applicationFailureInfo: { type } });
const pending = { activityType: { name: 'capture' }, attempt: 3, nextAttemptScheduleTime: at(20_000), expirationTime: at(3_600_000) };

describe('the step that is tried again', () => {
  it('is the one that failed', () => {
    expect(tryingOf([{ activityType: { name: 'claim' } }, { ...pending, lastFailure: failed('SOURCE_UNREACHABLE') }])).toEqual({
      step: 'capture', attempt: 3, code: 'SOURCE_UNREACHABLE', text: 'nobody answers', nextAt: '2030-01-01T00:00:20.000Z', until: '2030-01-01T01:00:00.000Z',
    });
  });

  it('has no next attempt while one runs', () => {
    expect(tryingOf([{ ...pending, nextAttemptScheduleTime: null, lastFailure: failed('LEASE_HELD') }])).toMatchObject({ code: 'LEASE_HELD', nextAt: null });
  });

  it('is none while nothing failed, and none for a notice', () => {
    expect(tryingOf([pending, { ...pending, activityType: { name: 'tell' }, lastFailure: failed('NOTIFY_FAILED') }])).toBeNull();
  });

  it.each([
    ['a worker that died', { message: 'activity Heartbeat timeout', timeoutFailureInfo: {} }, 'STEP_TIMEOUT'],
    ['what nobody foresaw', failed('TypeError'), 'INTERNAL'],
  ])('has a code of ours: %s', (_, lastFailure, code) => {
    expect(tryingOf([{ ...pending, lastFailure }])?.code).toBe(code);
  });

  it('says no more than fits', () => {
    expect(tryingOf([{ ...pending, lastFailure: failed('PRODUCER_FAILED', 'x'.repeat(5_000)) }])?.text).toHaveLength(1_000);
  });
});
