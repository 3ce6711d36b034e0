import { describe, expect, it } from '@jest/globals';
import type { HealthCheck } from '../domain/service/environment.js';
import { proberContract } from './contract.js';
import { createFakeProber, UNWELL, WELL } from './fake-prober.js';

const check: HealthCheck = { check: { kind: 'tcp' }, everyMs: 1_000, timeoutMs: 500, healthyAfter: 2, unhealthyAfter: 3 };
const subject = (id: string) => ({ id, address: `10.0.0.1:${id.length}` });

proberContract('the fake', async () => {
  const prober = createFakeProber();
  prober.answer('unwell', UNWELL);
  prober.answer('silent', 'silent');
  prober.answer('slow', { ok: true, tookMs: 50 });
  return { prober, check, well: subject('well'), unwell: subject('unwell'), silent: subject('silent'), slow: subject('slow'), close: async () => {} };
});

describe('the fake prober', () => {
  it('answers by address where the id has no answer of its own', async () => {
    const prober = createFakeProber();
    prober.answer('10.0.0.1:1', UNWELL);
    expect((await prober.probe(check, subject('a'))).ok).toBe(false);
  });

  it('asks for the answer at each probe', async () => {
    const prober = createFakeProber();
    const results = [WELL, UNWELL];
    prober.answerAll(() => results.shift() ?? WELL);
    expect((await prober.probe(check, subject('a'))).ok).toBe(true);
    expect((await prober.probe(check, subject('a'))).ok).toBe(false);
    expect(prober.probed).toHaveLength(2);
  });
});
