import { describe, expect, it } from '@jest/globals';
import type { BackupAnswer, RestoreAnswer } from './api-answers.js';
import { backupLine, proofLine } from './backup-lines.js';

const fingerprint = { items: 121, total: '250000', biggest: {} };
const stored: BackupAnswer = {
  id: '01J', phase: 'succeeded', state: 'verified', snapshot: 's', fingerprint, bytes: 250_000, storedBytes: 90_000, cause: null, damage: [], tookMs: { capture: 412, verify: 100 },
};
const proof = { equal: true, differences: [], checks: [], copy: fingerprint, differing: 1, delta: ['a: 1 bytes in the copy, not there live'] };
const proven: RestoreAnswer = {
  id: '01R', phase: 'keeping', dryRun: false, live: 'restored', safetyBackup: '01S', proof, cause: null, tookMs: { swap: 1.2 }, plan: { source: { restore: { keepOldMs: 600_000 } } },
};

describe('the story of a backup', () => {
  it('tells how much was stored, and that it was read back', () => {
    expect(backupLine(stored)).toBe('  stored     121 items, 0.3 MB in 0.4 s; read back: every byte as it was stored');
  });

  it('says that it was read back of no backup that is damaged', () => {
    const line = backupLine({ ...stored, phase: 'damaged', damage: [{ file: null, text: 'One byte is another.' }] });
    expect(line).toContain('One byte is another.');
    expect(line).not.toContain('every byte');
  });

  it('tells why one failed', () => {
    expect(backupLine({ ...stored, phase: 'failed', cause: { code: 'SOURCE_MISSING', text: 'there is nothing' } })).toBe('  failed     there is nothing');
  });
});

describe('the story of a restore', () => {
  it('tells the proof, and in how much live differs', () => {
    expect(proofLine(proven)).toBe('  proof      equal to what was backed up: 121 items; live differs in 1');
  });

  it('counts differences beyond those that are listed', () => {
    expect(proofLine({ ...proven, proof: { ...proof, differing: 44 } })).toContain('live differs in 44');
  });

  it('calls no copy equal that has a difference or failed a check', () => {
    const different = { ...proof, equal: false, differences: [{ text: 'b: gone' }] };
    const refused = { ...proof, checks: [{ name: 'sums', ok: false, detail: 'is 3' }] };
    expect(proofLine({ ...proven, proof: different })).toBe('  proof      FAILED: b: gone');
    expect(proofLine({ ...proven, proof: refused })).toBe('  proof      FAILED: sums: is 3');
  });

  it('tells why nothing was proven', () => {
    expect(proofLine({ ...proven, proof: null, phase: 'failed', cause: { code: 'STAGING_FULL', text: 'no room' } })).toBe('  failed     no room');
  });
});
