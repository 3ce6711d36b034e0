import { expect, it } from '@jest/globals';
import { meterOf } from './meter.js';

it('tells at most once a second how many bytes there were and how fast', () => {
  const told: { bytes: number; text: string }[] = [];
  let now = 0;
  const count = meterOf((progress) => told.push(progress), () => now);
  for (; now <= 2_500; now += 250) count(1_000_000);
  expect(told.map(({ bytes }) => bytes)).toEqual([5_000_000, 9_000_000]);
  expect(told[1]?.text).toContain('/s');
});
