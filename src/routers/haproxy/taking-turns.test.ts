import { describe, expect, it } from '@jest/globals';
import { takingTurns } from './taking-turns.js';

describe('taking turns', () => {
  it('runs acts about one subject in the order of the calls, past failures', async () => {
    const turns = takingTurns();
    const done: string[] = [];
    const slow = turns('a', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done.push('slow');
      throw new Error('in vain');
    });
    const quick = turns('a', async () => void done.push('quick'));
    await expect(slow).rejects.toThrow();
    await quick;
    expect(done).toEqual(['slow', 'quick']);
  });

  it('lets one subject not wait for another', async () => {
    const turns = takingTurns();
    const never = turns('a', () => new Promise<void>(() => {}));
    expect(await Promise.race([never.then(() => 'a'), turns('b', async () => 'b')])).toBe('b');
  });
});
