import { describe, expect, it } from '@jest/globals';
import { A_SUMMARY } from '../../../test/support/backup-plans.js';
import { changeText, whyUnproven } from './proof-text.js';
import type { Proof } from './restore-status.js';

const proof: Proof = { equal: true, differences: [], checks: [{ name: 'has', ok: true, detail: '' }], copy: { ...A_SUMMARY, items: 3, total: '12000' }, live: { ...A_SUMMARY, items: 2, total: '8000' }, differing: 0, delta: [] };

describe('what a swap would change', () => {
  it('shows what both sides hold, and that nothing differs', () => {
    expect(changeText({ ...proof, live: proof.copy })).toBe('the copy holds 3 items, 12000 in all, live 3 items, 12000 in all; nothing differs');
  });

  it('names what differs, and how much more there is', () => {
    const text = changeText({ ...proof, differing: 3, delta: ['orders: 12000 in the copy, 8000 live', 'users: not there live'] });
    expect(text).toContain('live 2 items, 8000 in all; they differ in 3; orders: 12000 in the copy, 8000 live; users: not there live; and 1 more');
  });

  it('says how much of live no backup holds', () => {
    expect(changeText({ ...proof, writtenSince: 2 })).toContain('live 2 items, 8000 in all, of which 2 items are not as in the safety backup');
  });

  it('says when what is live could not be read', () => {
    const text = changeText({ ...proof, live: null, differing: null });
    expect(text).toContain('could not be read');
    expect(text).not.toContain('nothing differs');
  });
});

describe('why a copy is not proven', () => {
  it('is nothing when it is equal and passed its checks', () => {
    expect(whyUnproven(proof)).toBeNull();
  });

  it('names what differs and each check that failed', () => {
    const differences = [{ item: 'orders', recorded: null, found: null, text: 'orders: not there' }];
    expect(whyUnproven({ ...proof, equal: false, differences, checks: [{ name: 'has', ok: false, detail: 'no rows' }] })).toBe('orders: not there; check has: no rows');
  });
});
