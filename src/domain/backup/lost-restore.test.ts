import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { aRestorePlan, aSourceSpec } from '../../../test/support/backup-plans.js';
import { lostRestoreStatus } from './lost-restore.js';
import type { RestorePlan } from './plan.js';

const id = ulid();
const lost = (over: Partial<RestorePlan> = {}, ran = true) => {
  const plan = aRestorePlan(over);
  const record = { id, service: 'shop', environment: 'production', source: 'orders', backup: plan.backup.id, plan, by: { name: 'ann', roles: [] }, reason: null, status: null, requestedAt: '2026-01-01T00:00:00.000Z', endedAt: null };
  return lostRestoreStatus(record, { text: 'Its run was terminated.', at: '2026-01-02T00:00:00.000Z', ran });
};

describe('a lost restore', () => {
  it('does not claim to know which data is live, and says what to look for', () => {
    const quiesced = aSourceSpec({ at: { kind: 'postgres', url: { secret: 'ORDERS' } }, restore: { quiesce: { kind: 'read-only' }, keepOldMs: 0, checks: {}, verify: {} } });
    const { phase, live, cause } = lost({ source: quiesced });
    expect([phase, live, cause?.code]).toEqual(['lost', 'unknown', 'LOST']);
    expect(cause?.text).toContain(`_old_${id.toLowerCase()}`);
    expect(cause?.text).toContain('Writes may still be stopped');
  });

  it('names the place beside a folder, and no writes where none were stopped', () => {
    const text = lost().cause?.text;
    expect(text).toContain('beside /srv/orders');
    expect(text).not.toContain('Writes');
  });

  it('that was a dry run left at most a copy', () => {
    expect(lost({ dryRun: true })).toMatchObject({ live: 'old', cause: { text: expect.stringContaining('Its copy may be left') } });
  });

  it('that never ran changed nothing', () => {
    expect(lost({}, false)).toMatchObject({ live: 'old', cause: { text: 'Its run was terminated.' } });
  });
});
