import { describe, expect, it } from '@jest/globals';
import { SlipwayError } from '../domain/errors.js';
import { createBestEffort } from './best-effort.js';

const away = () => Promise.reject(new SlipwayError('DATABASE_UNAVAILABLE'));
const never = () => new Promise<void>(() => {});

function subject(limitMs = 1_000) {
  const state = { now: 0, tried: 0, failures: 0 };
  const run = createBestEffort({ limitMs, now: () => state.now, onFailure: () => (state.failures += 1) });
  return { state, attempt: (work: () => Promise<void>) => run(() => ((state.tried += 1), work())) };
}

describe('a best-effort write', () => {
  it('says when it was done', async () => {
    expect(await subject().attempt(async () => {})).toBe(true);
  });

  it('answers a failure instead of throwing it', async () => {
    const { attempt, state } = subject();
    expect(await attempt(away)).toBe(false);
    expect(state.failures).toBe(1);
  });

  it('ends within its limit when the database never answers', async () => {
    expect(await subject(20).attempt(never)).toBe(false);
  });

  it('is not tried for two seconds after the database was away, then tried again', async () => {
    const { attempt, state } = subject();
    await attempt(away);
    state.now = 1_999;
    expect([await attempt(async () => {}), state.tried]).toEqual([false, 1]);
    state.now = 2_000;
    expect([await attempt(async () => {}), state.tried]).toEqual([true, 2]);
  });

  it('keeps others going after a failure that says nothing about the database', async () => {
    const { attempt } = subject();
    expect(await attempt(() => Promise.reject(new Error('a bug')))).toBe(false);
    expect(await attempt(async () => {})).toBe(true);
  });
});
