import { describe, expect, it } from '@jest/globals';
import { timeZoneProblem } from './time-zone-problem.js';
import { TIME_ZONES } from './time-zones.js';

describe('the name of a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'Europe/Kyiv', 'Europe/Kiev', 'Asia/Kolkata', 'Asia/Calcutta', 'US/Eastern', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'GB-Eire', 'EST5EDT'])('may be %s', (name) => {
    expect(timeZoneProblem(name)).toBeUndefined();
  });

  it.each([
    ['Asia/kolkata', 'Asia/Kolkata'], ['us/eastern', 'US/Eastern'], ['gmt', 'GMT'], ['utc', 'UTC'], ['Europe/Berln', 'Europe/Berlin'], ['berlin', 'Europe/Berlin'],
    ['America/Argentina/buenos_aires', 'America/Argentina/Buenos_Aires'],
  ])('is not %s, but %s', (name, meant) => {
    expect(timeZoneProblem(name)).toMatchObject({ hint: expect.stringContaining(`"${meant}"`) });
  });

  it.each(['PST', 'IST', 'JST', '+02:00', '', 'x'.repeat(100_000), 'Europe/'])('is none, and is not guessed at: %.10s', (name) => {
    expect(timeZoneProblem(name)).toEqual({ message: expect.any(String) });
  });

  it('may be every one that the platform names itself', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !TIME_ZONES.has(name))).toEqual([]);
  });
});
