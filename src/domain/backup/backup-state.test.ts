import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BACKUP_PHASES } from './backup-status.js';
import { backupStateOf, type BackupFacts } from './backup-state.js';
import { BACKUP_STATES } from './record.js';

const facts = fc.record<BackupFacts>({
  state: fc.constantFrom(...BACKUP_STATES),
  phase: fc.option(fc.constantFrom(...BACKUP_PHASES)),
  snapshot: fc.option(fc.constant('snapshot')),
  verifiedAt: fc.option(fc.constant('2026-01-01T00:00:00.000Z')),
  damaged: fc.boolean(),
});

describe('the state of a backup', () => {
  it('is verified only with a snapshot that was read back and found whole', () => {
    fc.assert(fc.property(facts, (known) => {
      if (backupStateOf(known) !== 'verified') return true;
      return known.snapshot !== null && known.verifiedAt !== null && !known.damaged && known.state !== 'forgotten';
    }));
  });

  it('is never failed or lost while something is stored', () => {
    fc.assert(fc.property(facts, (known) => known.snapshot === null || !['failed', 'lost', 'requested'].includes(backupStateOf(known))));
  });

  it('stays what retention and the schedule made it', () => {
    fc.assert(fc.property(facts, fc.constantFrom('forgotten' as const, 'skipped' as const), (known, state) => backupStateOf({ ...known, state }) === state));
  });

  it('does not change when nothing new is known', () => {
    fc.assert(fc.property(facts, (known) => {
      const state = backupStateOf(known);
      return backupStateOf({ ...known, state }) === state;
    }));
  });

  it('is failed once a run ended that stored nothing', () => {
    for (const phase of ['failed', 'aborted'] as const) {
      expect(backupStateOf({ state: 'requested', phase, snapshot: null, verifiedAt: null, damaged: false })).toBe('failed');
    }
  });
});
