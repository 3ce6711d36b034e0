import { describe, expect, it } from '@jest/globals';
import { type AgeFacts, dataAgeMs, overdueMs } from './data-age.js';

const NOW_MS = Date.parse('2026-01-02T00:00:00Z');
const DAY_MS = 86_400_000;
const FACTS: AgeFacts = { maxAgeMs: DAY_MS, newestVerifiedAt: '2026-01-01T00:00:00.000Z', declaredAt: '2025-12-31T23:00:00.000Z' };

describe('the data of a source', () => {
  it('is as old as its newest verified backup', () => {
    expect(dataAgeMs(FACTS, NOW_MS)).toBe(DAY_MS);
    expect(dataAgeMs({ newestVerifiedAt: null }, NOW_MS)).toBeNull();
  });

  it('is never younger than now, whatever the clocks say', () => {
    expect(dataAgeMs(FACTS, NOW_MS - 2 * DAY_MS)).toBe(0);
  });

  it('is overdue once it is older than the source allows', () => {
    expect(overdueMs(FACTS, NOW_MS)).toBeNull();
    expect(overdueMs(FACTS, NOW_MS + 5)).toBe(5);
  });

  it('is overdue where nothing came within that time of the declaration', () => {
    expect(overdueMs({ ...FACTS, newestVerifiedAt: null }, NOW_MS)).toBe(3_600_000);
    expect(overdueMs({ ...FACTS, newestVerifiedAt: null, declaredAt: '2026-01-01T12:00:00.000Z' }, NOW_MS)).toBeNull();
  });

  it('may be of any age where none was asked for', () => {
    expect(overdueMs({ ...FACTS, maxAgeMs: null }, NOW_MS + 1_000 * DAY_MS)).toBeNull();
  });
});
