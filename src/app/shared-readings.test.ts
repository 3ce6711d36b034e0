import { describe, expect, it } from '@jest/globals';
import { SharedReadings } from './shared-readings.js';

describe('shared readings', () => {
  it('are two, however many ask while the first is under way, and none is given what was so before it asked', async () => {
    const { readings, read, begun, end } = scene();
    const first = read('a');
    const later = Array.from({ length: 100 }, () => read('a'));
    end(0);
    expect(await first).toBe('a1');
    await new Promise(setImmediate);
    expect(begun).toEqual(['a', 'a']);
    end(1);
    expect(new Set(await Promise.all(later))).toEqual(new Set(['a2']));
    expect(readings.read('a', async () => 'anew')).toBeInstanceOf(Promise);
  });

  it('of different things wait for nothing', async () => {
    const { read, begun, end } = scene();
    const both = [read('a'), read('b')];
    expect(begun).toEqual(['a', 'b']);
    end(0);
    end(1);
    expect(await Promise.all(both)).toEqual(['a1', 'b2']);
  });

  it('begin anew after one that failed', async () => {
    const readings = new SharedReadings<string>();
    const failing = readings.read('a', () => Promise.reject(new Error('no')));
    const next = readings.read('a', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});

function scene() {
  const readings = new SharedReadings<string>();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const read = (key: string) => readings.read(key, () => {
    begun.push(key);
    const count = begun.length;
    return new Promise((resolve) => void ends.push(() => resolve(`${key}${count}`)));
  });
  return { readings, read, begun, end: (index: number) => ends[index]?.() };
}
