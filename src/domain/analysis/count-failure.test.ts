import { describe, expect, it } from '@jest/globals';
import { countFailure, NO_FAILURES, weigh } from './count-failure.js';
import type { MetricRule } from './rule.js';
import type { Finding, VerdictKind } from './verdict.js';

const breach: Finding = { rule: 'declines', kind: 'fail', text: 'declines 0.7 (limit 0.5)' };
const rule = (critical: 'critical' | 'tolerant', failures: MetricRule['failures']): MetricRule => ({
  source: { kind: 'prometheus', query: 'up' }, max: 0.5, critical: critical === 'critical', failures,
});
const after = (...kinds: VerdictKind[]) => kinds.reduce(countFailure, NO_FAILURES);

describe('counting failures', () => {
  it('fails at once when the rule is critical', () => {
    expect(weigh(breach, rule('critical', { inARow: 3 }), after('fail')).kind).toBe('fail');
  });

  it('fails at once when the rule names no numbers', () => {
    expect(weigh(breach, rule('tolerant', {}), after('fail')).kind).toBe('fail');
  });

  it('is undecided, not passed, until there were enough in a row', () => {
    expect(weigh(breach, rule('tolerant', { inARow: 2 }), after('fail')).kind).toBe('no-data');
  });

  it('fails when there were enough in a row', () => {
    expect(weigh(breach, rule('tolerant', { inARow: 2 }), after('fail', 'fail')).kind).toBe('fail');
  });

  it('begins the row anew after a pass', () => {
    expect(after('fail', 'pass', 'fail')).toEqual({ inARow: 1, total: 2 });
  });

  it('keeps the row through a judgment without data', () => {
    expect(after('fail', 'no-data', 'error', 'fail')).toEqual({ inARow: 2, total: 2 });
  });

  it('fails when there were enough in total', () => {
    expect(weigh(breach, rule('tolerant', { inARow: 3, total: 2 }), after('fail', 'pass', 'fail')).kind).toBe('fail');
  });
});
