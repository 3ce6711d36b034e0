import { describe, expect, it } from '@jest/globals';
import type { DeploymentStatus } from '../../domain/deployment/status.js';
import { detailsOf } from './details.js';

const STATUS: DeploymentStatus = {
  deployment: '01JD3V8Q2M5R7T9W1Y3A5C7E9G', service: 'checkout', environment: 'production', strategy: 'canary', version: 'v2', stableVersion: 'v1', phase: 'progressing',
  paused: false, waitsFor: null, step: 2, steps: 3, split: { blue: 7_500, green: 2_500 }, stableSlot: 'blue', gates: [], verdicts: [], canAbort: true, cause: null,
  notes: [], milestones: {}, timings: { progressingMs: 0, waitingMs: 0 }, breachToZeroMs: null, startedAt: '2026-01-01T00:00:00.000Z', endedAt: null,
};
const shown = (change: Partial<DeploymentStatus> = {}): string => detailsOf({ ...STATUS, ...change });

describe('the details in the Web UI say', () => {
  it('what is deployed where, over what, and how far it is', () => {
    for (const text of ['checkout', 'production', 'canary', '`v2`', '`v1`', 'progressing', 'step 2 of 3']) expect(shown()).toContain(text);
  });

  it('what is live: each slot with its version and share', () => {
    expect(shown()).toContain('blue `v1` 75 %, green `v2` 25 %');
  });

  it('that nothing was touched before the first shift', () => {
    expect(shown({ split: null, stableSlot: null })).toContain('not touched');
  });

  it('that the slot which is not the candidate’s is empty at a first deployment', () => {
    expect(shown({ stableVersion: null })).toMatch(/first deployment[^]*blue `empty`/);
  });

  it('which gate waits, for whom, until when, and what then', () => {
    const gate = {
      address: '2/people', notOwnChange: false, role: 'approver', quorum: 2, approvals: [{ by: 'ann', role: 'approver', at: '' }], until: '2026-01-01T04:00:00.000Z',
      onTimeout: 'abort' as const, reason: 'step 2 of 3',
    };
    for (const text of ['`2/people`', '1 of 2', 'approver', '2026-01-01T04:00:00.000Z', 'abort']) expect(shown({ gates: [gate] })).toContain(text);
  });

  it('what it waits for, and that it is paused', () => {
    expect(shown({ paused: true, waitsFor: 'paused: waits for a resume' })).toMatch(/progressing, paused[^]*waits for a resume/);
  });

  it('the last verdict with its numbers', () => {
    const finding = { rule: 'errors', kind: 'fail' as const, text: 'errors 4 of 12 (limit 5 %)' };
    expect(shown({ verdicts: [{ step: 2, kind: 'fail', findings: [finding], at: '' }] })).toContain('errors 4 of 12 (limit 5 %)');
  });

  it('why it goes back, and who or what said so', () => {
    expect(shown({ cause: { code: 'ABORTED', by: 'ann', text: 'too slow' } })).toMatch(/ABORTED \(ann\): too slow/);
  });

  it('whether there is a way back, and after it that undo is one', () => {
    expect(shown()).toContain('an abort takes everything back');
    expect(shown({ canAbort: false, phase: 'retiring' })).toContain('undo');
    expect(shown({ endedAt: '2026-01-01T00:00:00.000Z' })).not.toContain('no return');
  });

  it('what was backed up, and how far each migration is', () => {
    const protection = { backups: [{ service: 'checkout', source: 'orders', backup: '01B' }], migrations: { expand: 'done' as const, contract: 'ahead' as const }, pointOfNoReturn: 'contract cannot be undone' };
    expect(shown({ protection })).toMatch(/checkout\/orders in backup `01B`, expand done, contract ahead[^]*contract cannot be undone/);
    expect(shown()).not.toContain('**Data**');
  });

  it('of one that touches data, what is crossed and what is ahead, in every phase', () => {
    const protection = { backups: [], migrations: { contract: 'running' as const }, pointOfNoReturn: 'an abort stops the contract' };
    for (const phase of ['progressing', 'retiring', 'contracting', 'rolling-back'] as const) {
      expect(shown({ canAbort: phase === 'progressing', phase, protection })).toContain('**Point of no return** an abort stops the contract');
    }
    expect(shown({ canAbort: false, phase: 'retiring', protection })).not.toContain('undo');
  });

  it('what is left to people, and until when', () => {
    const left = { kind: 'restore-offered' as const, text: 'restore 01B', until: '2026-01-02T00:00:00.000Z', backups: [] };
    expect(shown({ followUps: [left], endedAt: '2026-01-01T00:00:00.000Z' })).toContain('restore-offered, until 2026-01-02T00:00:00.000Z: restore 01B');
  });

  it('every note', () => {
    expect(shown({ notes: ['one', 'two'] })).toContain('- one\n- two');
  });
});
