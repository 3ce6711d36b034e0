import { describe, expect, it } from '@jest/globals';
import { Lane } from './lane.js';

describe('a lane', () => {
  it('lets so many in at once, in the order in which they came', async () => {
    const lane = new Lane(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [1, 2, 3, 4].map((n) => lane.run(() => new Promise<void>((resolve) => {
      begun.push(n);
      ends.push(resolve);
    })));
    await settled();
    expect(begun).toEqual([1, 2]);
    ends[1]?.();
    await settled();
    expect(begun).toEqual([1, 2, 3]);
    ends[0]?.();
    ends[2]?.();
    await settled();
    expect(begun).toEqual([1, 2, 3, 4]);
    ends[3]?.();
    await Promise.all(all);
  });

  it('gives the place of what failed to the next', async () => {
    const lane = new Lane(1);
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lane.run(async () => 'in')).toBe('in');
  });

  it('turns away whose time is over before its turn comes, and keeps no place for it', async () => {
    const lane = new Lane(1);
    let end = (): void => undefined;
    const first = lane.run(() => new Promise<void>((resolve) => void (end = resolve)));
    let asked = false;
    expect(await lane.runWithin(5, async () => { asked = true; })).toBeUndefined();
    end();
    await first;
    expect(await lane.runWithin(60_000, async (leftMs) => leftMs > 0)).toBe(true);
    expect(asked).toBe(false);
  });
});

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}
