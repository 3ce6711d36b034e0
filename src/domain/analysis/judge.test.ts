import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Attempts, NO_ATTEMPTS } from './hidden-failures.js';
import { bucketOf, LATENCY_BOUNDS_MS } from './latency.js';
import { judge } from './judge.js';
import type { MetricRule } from './rule.js';
import type { Samples } from './samples.js';
import { answered, type AnsweredTraffic, NO_TRAFFIC } from './traffic.js';

const BOUNDS = { minRequests: 20, windowMs: 60_000 };
const errorRule: MetricRule = { source: { kind: 'router', measure: 'errorRate' }, max: 500, critical: true, failures: {} };
const errors = { name: 'errors', rule: errorRule };
const samples = (whole: AnsweredTraffic, recent: AnsweredTraffic = whole, rest: Partial<Samples> = {}): Samples => (
  { whole: answered(whole), recent: answered(recent), stable: { whole: NO_ATTEMPTS, recent: NO_ATTEMPTS }, idle: false, ...rest }
);

describe('judging an error rate', () => {
  it('passes at exactly the limit', () => {
    expect(judge(samples({ requests: 100, errors: 5 }), errors, BOUNDS).kind).toBe('pass');
  });

  it('fails one error above the limit', () => {
    expect(judge(samples({ requests: 100, errors: 6 }), errors, BOUNDS)).toMatchObject({ kind: 'fail', value: 600, limit: 500 });
  });

  it('fails below the least number of requests once the errors exceed what that number would allow', () => {
    const finding = judge(samples({ requests: 12, errors: 4 }), errors, BOUNDS);
    expect(finding).toMatchObject({ kind: 'fail', text: 'errors 4 of 12 (limit 5 % of at least 20)' });
  });

  it('counts attempts that retries hid, and shows requests and attempts', () => {
    const hiding = { requests: 54, errors: 2, attempts: 65, failedAttempts: 11, ownErrors: 2 };
    expect(judge(samples(hiding), errors, BOUNDS)).toMatchObject({
      kind: 'fail', text: 'errors 11 of 54 requests (9 hidden by retries: 63 attempts; limit 5 %)', value: (11 * 10_000) / 63,
    });
  });

  it.each([20, 50])('fails a candidate that hangs up on %i %% of its attempts, which no client sees', (percent) => {
    const requests = 54;
    const failedAttempts = Math.round((requests * percent) / (100 - percent));
    const limit = { ...errors, rule: { ...errorRule, max: 1_000 } };
    expect(judge(samples({ requests, errors: 0, attempts: requests + failedAttempts, failedAttempts }), limit, BOUNDS).kind).toBe('fail');
  });

  it('holds nothing against a candidate that stable has too', () => {
    const hiding = answered({ requests: 80, errors: 0, attempts: 100, failedAttempts: 20 });
    const beside = { stable: { whole: { attempts: 1_000, unseen: 200 }, recent: NO_ATTEMPTS } };
    expect(judge(samples(hiding, hiding, beside), errors, BOUNDS).kind).toBe('pass');
  });

  it('compares a short time with the same time of stable', () => {
    const hiding = answered({ requests: 80, errors: 0, attempts: 100, failedAttempts: 20 });
    const long = answered({ requests: 9_980, errors: 0, attempts: 10_000, failedAttempts: 20 });
    const beside = (recent: Attempts) => ({ stable: { whole: { attempts: 50_000, unseen: 100 }, recent } });
    expect(judge(samples(long, hiding, beside({ attempts: 500, unseen: 100 })), errors, BOUNDS).kind).toBe('pass');
    expect(judge(samples(long, hiding, beside({ attempts: 500, unseen: 0 })), errors, BOUNDS).kind).toBe('fail');
  });

  it('has no data below the least number of requests, however good they are', () => {
    expect(judge(samples({ requests: 19, errors: 0 }), errors, BOUNDS).kind).toBe('no-data');
  });

  it('fails on the recent past although the whole bake is good', () => {
    expect(judge(samples({ requests: 10_000, errors: 10 }, { requests: 100, errors: 10 }), errors, BOUNDS).kind).toBe('fail');
  });

  it('passes on the whole bake although the recent past has too little data', () => {
    expect(judge(samples({ requests: 1_000, errors: 1 }, NO_TRAFFIC), errors, BOUNDS).kind).toBe('pass');
  });

  it('passes without any request where health alone decides', () => {
    expect(judge(samples(NO_TRAFFIC, NO_TRAFFIC, { idle: true }), errors, BOUNDS).kind).toBe('pass');
  });

  const rate = fc.record({ requests: fc.nat(5_000), part: fc.double({ min: 0, max: 1, noNaN: true }), max: fc.nat(10_000), minRequests: fc.nat(500) })
    .map(({ requests, part, max, minRequests }) => ({ traffic: { requests, errors: Math.floor(requests * part) }, max, minRequests }));
  const judged = ({ traffic, max, minRequests }: { traffic: AnsweredTraffic; max: number; minRequests: number }) => (
    judge(samples(traffic), { name: 'errors', rule: { ...errorRule, max } }, { ...BOUNDS, minRequests })
  );

  it('never passes a breached limit', () => {
    fc.assert(fc.property(rate, (one) => {
      const breached = one.traffic.errors * 10_000 > one.max * one.traffic.requests;
      return !(breached && judged(one).kind === 'pass');
    }));
  });

  it('never fails while the errors keep to what the least number of requests allows', () => {
    fc.assert(fc.property(rate, (one) => {
      const allowed = one.traffic.errors * 10_000 <= one.max * Math.max(one.minRequests, one.traffic.requests);
      return !(allowed && judged(one).kind === 'fail');
    }));
  });

  it('does not change when the counts are scaled above the least number of requests', () => {
    fc.assert(fc.property(rate, fc.integer({ min: 1, max: 1_000 }), (one, factor) => {
      fc.pre(one.traffic.requests >= one.minRequests);
      const { requests, errors: failed } = one.traffic;
      expect(judged({ ...one, traffic: { requests: requests * factor, errors: failed * factor } }).kind).toBe(judged(one).kind);
    }));
  });
});

describe('judging a latency', () => {
  const slow = { name: 'slow', rule: { source: { kind: 'router', measure: 'latencyP95' }, max: 200, critical: true, failures: {} } satisfies MetricRule };
  const all = (requests: number, ms: number): AnsweredTraffic => ({
    requests, errors: 0, latency: Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, index) => (index === bucketOf(ms) ? requests : 0)),
  });

  it('passes under the limit', () => {
    expect(judge(samples(all(100, 50)), slow, BOUNDS).kind).toBe('pass');
  });

  it('fails above the limit', () => {
    expect(judge(samples(all(100, 700)), slow, BOUNDS)).toMatchObject({ kind: 'fail', limit: 200 });
  });

  it('has no data on few requests, however slow they are', () => {
    expect(judge(samples(all(5, 20_000)), slow, BOUNDS).kind).toBe('no-data');
  });

  it('is an error where the router counts no latencies', () => {
    expect(judge(samples({ requests: 100, errors: 0 }), slow, BOUNDS).kind).toBe('error');
  });
});

describe('judging the answer to a query', () => {
  const declines = { name: 'declines', rule: { source: { kind: 'prometheus', query: 'up' }, max: 0.5, min: 0.1, critical: false, failures: {} } satisfies MetricRule };
  const asked = (answer: Samples['answer'] & object) => judge(samples(NO_TRAFFIC, NO_TRAFFIC, { answer }), declines, BOUNDS);

  it('passes between its limits', () => expect(asked({ value: 0.3 }).kind).toBe('pass'));
  it('fails above its upper limit', () => expect(asked({ value: 0.7 })).toMatchObject({ kind: 'fail', limit: 0.5 }));
  it('fails below its lower limit', () => expect(asked({ value: 0 })).toMatchObject({ kind: 'fail', limit: 0.1 }));
  it('has no data without a result', () => expect(asked({}).kind).toBe('no-data'));
  it('is an error when the store did not answer', () => expect(asked({ error: 'away' }).kind).toBe('error'));
});
