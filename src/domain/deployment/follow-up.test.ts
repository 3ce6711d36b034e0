import { describe, expect, it } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import { contractFailed, contractPending, restoreOffered, revertFailed } from './follow-up.js';

const ORDERS = { service: 'shop', source: 'orders', backup: '01B' };

describe('a follow-up', () => {
  it('offers a restore for a day, and names what it would bring back', () => {
    const offer = restoreOffered(aPlan(), '01D', [ORDERS], Date.parse('2026-01-01T00:00:00Z'));
    expect(offer).toMatchObject({ kind: 'restore-offered', until: '2026-01-02T00:00:00.000Z', backups: [ORDERS] });
    for (const part of ['01B of test/shop/orders', 'loses every write since', '"deployment": "01D", "swap": true']) expect(offer.text).toContain(part);
    expect(offer.text).not.toContain('"source"');
  });

  it('asks for the source where several can be restored', () => {
    expect(restoreOffered(aPlan(), '01D', [ORDERS, { ...ORDERS, source: 'files' }], 0).text).toContain('"source"');
  });

  it('has no end of its own when people have something to do', () => {
    const plan = aPlan();
    expect([contractFailed(plan, 'locked'), contractPending(plan, 'ann: no'), revertFailed(plan, 'exit 1', [ORDERS])]).toMatchObject([
      { kind: 'contract-failed', until: null, text: expect.stringMatching(/v2 is live[^]*locked/) },
      { kind: 'contract-pending', until: null, text: expect.stringMatching(/v2 is live[^]*ann: no/) },
      { kind: 'revert-failed', until: null, text: expect.stringMatching(/v1 serves[^]*exit 1/), backups: [ORDERS] },
    ]);
  });
});
