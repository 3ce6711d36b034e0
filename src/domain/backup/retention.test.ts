import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Pin } from './pin.js';
import { planRetention, type RetainedBackup } from './retention.js';
import type { KeepRules } from './source-spec.js';

const HOUR_MS = 3_600_000;
const NOW = '2026-11-23T12:00:00Z';
const NONE: KeepRules = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };

function backup(id: string, at: string, more: Partial<RetainedBackup> = {}): RetainedBackup {
  return { id, at, verified: true, damaged: false, safety: false, hold: false, ...more };
}

/** The newest is `b0`. */
function everyHours(hours: number, count: number): RetainedBackup[] {
  return Array.from({ length: count }, (_, index) => backup(`b${index}`, new Date(Date.parse(NOW) - index * hours * HOUR_MS).toISOString()));
}

const plan = (kept: readonly RetainedBackup[], rules: Partial<KeepRules>) => planRetention({ kept, rules: { ...NONE, ...rules }, pins: [], now: NOW });
const keptIds = (kept: readonly RetainedBackup[], rules: Partial<KeepRules>) => plan(kept, rules).keep.map(({ id }) => id);

describe('retention', () => {
  it('keeps the last ones', () => {
    expect(keptIds(everyHours(1, 5), { last: 2 })).toEqual(['b0', 'b1']);
  });

  it('keeps the newest of each day, and the oldest of all while there is room', () => {
    // At noon and midnight: b0 is of the 23rd, b2 of the 22nd; b1, at midnight, of the 23rd too.
    expect(keptIds(everyHours(12, 6), { daily: 2 })).toEqual(['b0', 'b2']);
    expect(keptIds(everyHours(12, 6), { daily: 5 })).toEqual(['b0', 'b2', 'b4', 'b5']);
  });

  it('begins weeks on Monday and counts them across years', () => {
    const kept = ['2027-01-04T00:00:00Z', '2027-01-03T23:59:59Z', '2026-12-28T00:00:00Z', '2026-12-27T23:59:59Z'].map((at, index) => backup(`b${index}`, at));
    expect(keptIds(kept, { weekly: 3 })).toEqual(['b0', 'b1', 'b3']);
  });

  it('says which rules keep what', () => {
    expect(plan(everyHours(1, 2), { last: 1, monthly: 1 }).keep[0]?.why).toEqual(['the newest verified', 'one of the last 1', 'newest of its month (monthly 1)']);
  });

  it('keeps everything when all rules are zero', () => {
    expect(keptIds(everyHours(1, 9), {})).toHaveLength(9);
  });

  it('never lets one that was not verified take the place of one that was', () => {
    const kept = [backup('new', '2026-11-23T11:00:00Z', { verified: false }), backup('good', '2026-11-22T11:00:00Z'), backup('older', '2026-11-21T11:00:00Z')];
    expect(keptIds(kept, { last: 1 })).toEqual(['new', 'good']);
  });

  it('lets a damaged one go only when enough newer ones are verified', () => {
    const damaged = backup('bad', '2026-11-01T00:00:00Z', { damaged: true });
    expect(keptIds([...everyHours(1, 2), damaged], { last: 3 })).toContain('bad');
    expect(keptIds([...everyHours(1, 3), damaged], { last: 3 })).not.toContain('bad');
  });

  it('never lets the good one go for one that was made before a restore', () => {
    const kept = [backup('safety', '2026-11-23T11:00:00Z', { safety: true }), backup('good', '2026-11-22T11:00:00Z')];
    expect(keptIds(kept, { last: 1 })).toEqual(['safety', 'good']);
  });

  it('lets one that was made before a restore go when enough newer ones are verified', () => {
    const safety = backup('safety', '2026-11-01T00:00:00Z', { safety: true });
    expect(keptIds([...everyHours(1, 2), safety], { last: 3 })).toContain('safety');
    expect(keptIds([...everyHours(1, 3), safety], { last: 3 })).not.toContain('safety');
  });

  it('keeps what is under legal hold', () => {
    const held = backup('held', '2020-01-01T00:00:00Z', { hold: true, damaged: true });
    expect(plan([...everyHours(1, 3), held], { last: 1 }).keep.find(({ id }) => id === 'held')?.why).toContain('under legal hold');
  });

  it('keeps what something needs, says what, and lets it go afterwards', () => {
    const pin: Pin = { backup: 'b4', kind: 'restore', by: 'R1', until: null };
    const planned = (pins: readonly Pin[]) => planRetention({ kept: everyHours(1, 5), pins, rules: { ...NONE, last: 1 }, now: NOW });
    expect(planned([pin, { ...pin, kind: 'offer', by: 'D1', until: NOW }]).keep.find(({ id }) => id === 'b4')?.why).toEqual([
      'restore R1 brings it back', `deployment D1 offers it until ${NOW}`,
    ]);
    expect(planned([pin]).forget.map(({ id }) => id)).toEqual(['b1', 'b2', 'b3']);
    expect(planned([]).forget.map(({ id }) => id)).toContain('b4');
  });

  it.each([
    ['one of the last', 'b0', { last: 3 }, '2026-11-23T15:00:00.000Z'],
    ['the newest of a day that goes on', 'b0', { daily: 3 }, '2026-11-23T13:00:00.000Z'],
    ['the newest of a day that is over', 'b13', { daily: 3 }, '2026-11-25T00:00:00.000Z'],
    ['what two rules keep', 'b1', { last: 5, daily: 1 }, '2026-11-23T16:00:00.000Z'],
  ])('tells about when %s goes', (_, id, rules, expires) => {
    expect(plan(everyHours(1, 30), rules).keep.find((each) => each.id === id)?.expires).toBe(expires);
  });

  it('tells no end without a pace', () => {
    expect(plan(everyHours(1, 1), { last: 1 }).keep[0]?.expires).toBeNull();
  });
});

const instant = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse(NOW) }).map((ms) => new Date(ms).toISOString());
const many = fc.array(fc.record({ at: instant, verified: fc.boolean(), damaged: fc.boolean(), safety: fc.boolean(), hold: fc.boolean() }), { maxLength: 60 })
  .map((all) => all.map((each, index): RetainedBackup => ({ id: `b${String(index).padStart(3, '0')}`, ...each })));
const count = fc.integer({ min: 0, max: 6 });
const anyRules: fc.Arbitrary<KeepRules> = fc.record({ last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count });
const isGood = ({ verified, damaged }: RetainedBackup) => verified && !damaged;

describe('retention, whatever there is', () => {
  it('decides about each, once, and says why', () => {
    fc.assert(fc.property(many, anyRules, (kept, rules) => {
      const { keep, forget } = planRetention({ kept, rules, pins: [], now: NOW });
      expect([...keep, ...forget].map(({ id }) => id).toSorted()).toEqual(kept.map(({ id }) => id));
      expect(keep.every(({ why }) => why.length > 0) && forget.every(({ why }) => why !== '')).toBe(true);
    }));
  });

  it('never lets go of the newest verified one, or of one under legal hold', () => {
    fc.assert(fc.property(many, anyRules, (kept, rules) => {
      const gone = new Set(planRetention({ kept, rules, pins: [], now: NOW }).forget.map(({ id }) => id));
      const newest = kept.filter(isGood).toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? 1 : -1))[0];
      expect(kept.filter(({ id, hold }) => gone.has(id) && (hold || id === newest?.id))).toEqual([]);
    }));
  });

  it('decides about the verified ones as if there were no others', () => {
    fc.assert(fc.property(many, anyRules, (kept, rules) => {
      const goneOf = (all: readonly RetainedBackup[]) => new Set(planRetention({ kept: all, rules, pins: [], now: NOW }).forget.map(({ id }) => id));
      const [withOthers, alone] = [goneOf(kept), goneOf(kept.filter(isGood))];
      expect(kept.filter(isGood).every(({ id }) => withOthers.has(id) === alone.has(id))).toBe(true);
    }));
  });

  it('finds nothing more to let go when it is asked again', () => {
    fc.assert(fc.property(many, anyRules, (kept, rules) => {
      const gone = new Set(planRetention({ kept, rules, pins: [], now: NOW }).forget.map(({ id }) => id));
      expect(planRetention({ kept: kept.filter(({ id }) => !gone.has(id)), rules, pins: [], now: NOW }).forget).toEqual([]);
    }));
  });

  it('counts the newer good ones of one that is not, as one would by hand', () => {
    fc.assert(fc.property(many, anyRules, (kept, rules) => {
      const needed = Math.max(1, rules.last);
      const newerOf = (bad: RetainedBackup) => kept.filter((other) => isGood(other) && !other.safety && (Date.parse(other.at) - Date.parse(bad.at) || (other.id > bad.id ? 1 : -1)) > 0).length;
      const { keep } = planRetention({ kept, rules, pins: [], now: NOW });
      const said = kept.filter((each) => keep.some(({ id, why }) => id === each.id && why.some((text) => text.endsWith('newer ones verified'))));
      expect(said).toEqual(kept.filter((each) => (!isGood(each) || each.safety) && newerOf(each) < needed));
    }));
  });

  it('takes no longer for each of many than for each of few', () => {
    const many50k = everyHours(1, 50_000);
    const startedAt = performance.now();
    expect(plan(many50k, { hourly: 50_000 }).keep).toHaveLength(50_000);
    // Squared, it would be a quarter of an hour.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('does not mind the order', () => {
    fc.assert(fc.property(many, anyRules, fc.infiniteStream(fc.nat()), (kept, rules, keys) => {
      const shuffled = kept.map((each) => ({ each, key: keys.next().value })).toSorted((a, b) => a.key - b.key).map(({ each }) => each);
      expect(planRetention({ kept: shuffled, rules, pins: [], now: NOW })).toEqual(planRetention({ kept, rules, pins: [], now: NOW }));
    }));
  });

  it('keeps more when a rule allows more', () => {
    fc.assert(fc.property(many, anyRules, fc.constantFrom('last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'), (kept, rules, rule) => {
      fc.pre(Object.values(rules).some((value) => value > 0));
      const fewer = planRetention({ kept: kept.filter(isGood), rules, pins: [], now: NOW }).keep.length;
      expect(planRetention({ kept: kept.filter(isGood), rules: { ...rules, [rule]: rules[rule] + 1 }, pins: [], now: NOW }).keep.length).toBeGreaterThanOrEqual(fewer);
    }));
  });
});
