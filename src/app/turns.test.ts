import { expect, it } from '@jest/globals';
import { Turns } from './turns.js';

it('a crowd goes on a few at a time, and what comes meanwhile is done in between', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const crowd = Array.from({ length: 100 }, async () => {
    await turns.take();
    order.push('reader');
  });
  await new Promise<void>((resolve) => void setImmediate(() => {
    order.push('control');
    resolve();
  }));
  expect(order.indexOf('control')).toBeLessThan(20);
  await Promise.all(crowd);
  expect(order.filter((each) => each === 'reader')).toHaveLength(100);
});
