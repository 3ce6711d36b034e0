import { getEventListeners, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { startDeadline } from './deadline.js';

describe('a deadline', () => {
  it('aborts when its time is over', async () => {
    const deadline = startDeadline(10);
    await once(deadline.signal, 'abort');
    expect(deadline.passed).toBe(true);
    deadline.end();
  });

  it('aborts with the reason of the longer signal, before or after its start', () => {
    const reason = new Error('no longer wanted');
    const longer = new AbortController();
    const before = startDeadline(60_000, longer.signal);
    longer.abort(reason);
    const after = startDeadline(60_000, longer.signal);
    expect([before, after].map(({ signal, passed }) => [signal.reason, passed])).toEqual([[reason, false], [reason, false]]);
    before.end();
    after.end();
  });

  it('leaves nothing behind on the longer signal', () => {
    const longer = new AbortController();
    for (let use = 0; use < 100; use += 1) startDeadline(60_000, longer.signal).end();
    expect(getEventListeners(longer.signal, 'abort')).toEqual([]);
  });
});
