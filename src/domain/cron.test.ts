import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cronProblem } from './cron.js';

describe('a cron expression', () => {
  it.each(['0 3 * * *', '*/15 * * * *', '0 0 1,15 * *', '30 2 * * mon-fri', '0 0 29 2 *', '5/10 8-18/2 * JAN,jul *', '0 0 * * 7', '  0  3 * * * ', '@daily'])('may be %s', (cron) => {
    expect(cronProblem(cron)).toBeUndefined();
  });

  it.each([
    '', '0 3 * *', '0 3 * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *', '* * * * 8', '*/0 * * * *', '5-1 * * * *', '* * * * mon-', 'a * * * *',
    '1,,2 * * * *', '-1 * * * *', '1.5 * * * *', '0 0 L * *', '0 0 30 2 *', '0 0 31 4,6 *', '0 0 1 * mon', '@reboot', '@every 1h', 'CRON_TZ=UTC 0 3 * * *', '0 3 * * *\n0 4 * * *',
  ])('may not be "%s"', (cron) => {
    expect(cronProblem(cron)).toBeDefined();
  });

  it('is judged whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(['string', 'undefined']).toContain(typeof cronProblem(text));
    }));
  });
});
