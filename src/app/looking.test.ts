import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Looking } from './looking.js';

const EVERY_MS = 400;
const stays = new AbortController().signal;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Somebody who wants to know for as long as the signal lets them. */
async function follow(looking: Looking<number>, signal: AbortSignal, seen: (found: number) => void = () => undefined): Promise<void> {
  for (let found = await looking.next('now', signal); found !== undefined; found = await looking.next('in-time', signal)) seen(found);
}

describe('looking', () => {
  it.each([1, 500])('looks as often for %d who want to know', async (readers) => {
    const leaving = new AbortController();
    let looks = 0;
    let told = 0;
    const looking = new Looking(async () => (looks += 1), () => EVERY_MS);
    const all = Array.from({ length: readers }, () => follow(looking, leaving.signal, () => void (told += 1)));
    await jest.advanceTimersByTimeAsync(EVERY_MS * 10 + 1);
    expect([looks, told]).toEqual([11, 11 * readers]);
    leaving.abort();
    await Promise.all(all);
    await jest.advanceTimersByTimeAsync(EVERY_MS * 10);
    expect(looks).toBe(11);
  });

  it('looks at once when something was written, and not more often than each 50 ms whatever is written', async () => {
    let looks = 0;
    const looking = new Looking(async () => (looks += 1), () => 60_000);
    void follow(looking, stays);
    await jest.advanceTimersByTimeAsync(100);
    expect(looks).toBe(1);
    for (let ms = 0; ms < 1_000; ms += 1) {
      looking.poke();
      await jest.advanceTimersByTimeAsync(1);
    }
    expect(looks).toBeGreaterThanOrEqual(20);
    expect(looks).toBeLessThanOrEqual(22);
  });

  it('misses nothing that was written while it looked', async () => {
    let written = 1;
    const looking = new Looking(async () => {
      const found = written;
      await new Promise((resolve) => void setTimeout(resolve, 10));
      return found;
    }, () => 60_000);
    const seen: number[] = [];
    void follow(looking, stays, (found) => void seen.push(found));
    await jest.advanceTimersByTimeAsync(5);
    written = 2;
    looking.poke();
    await jest.advanceTimersByTimeAsync(100);
    expect(seen).toEqual([1, 2]);
  });

  it('tells nobody of a look that had begun before they came', async () => {
    let looks = 0;
    const looking = new Looking(async () => {
      const found = (looks += 1);
      await new Promise((resolve) => void setTimeout(resolve, 10));
      return found;
    }, () => 60_000);
    const first = looking.next('now', stays);
    await jest.advanceTimersByTimeAsync(5);
    const second = looking.next('now', stays);
    await jest.advanceTimersByTimeAsync(100);
    expect([await first, await second]).toEqual([1, 2]);
  });

  it('tells of a failure, and looks again for those who still want to know', async () => {
    let looks = 0;
    const looking = new Looking(async () => {
      looks += 1;
      if (looks === 1) throw new Error('away');
      return looks;
    }, () => EVERY_MS);
    const failed = expect(looking.next('now', stays)).rejects.toThrow('away');
    await jest.advanceTimersByTimeAsync(1);
    await failed;
    const next = looking.next('in-time', stays);
    await jest.advanceTimersByTimeAsync(EVERY_MS);
    expect(await next).toBe(2);
  });

  it('lets go at once who leaves, also in the middle of a look', async () => {
    const leaving = new AbortController();
    const looking = new Looking(() => new Promise<number>(() => undefined), () => EVERY_MS);
    const waiting = looking.next('now', leaving.signal);
    await jest.advanceTimersByTimeAsync(1);
    leaving.abort();
    expect(await waiting).toBeUndefined();
    expect(await looking.next('now', leaving.signal)).toBeUndefined();
  });
});
