import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { stillOurs } from './still-ours.js';

describe('an attempt, right before it changes something', () => {
  it.each(['ours', 'cancelled'] as const)('goes on while the server says that it is %s', async (answer) => {
    await expect(stillOurs(async () => answer)).resolves.toBeUndefined();
  });

  it.each([['gone', 'SUPERSEDED'], ['unreachable', 'TEMPORAL_UNAVAILABLE']] as const)('ends when it is %s: %s', async (answer, code) => {
    await expect(stillOurs(async () => answer)).rejects.toMatchObject({ code });
  });

  it('ends when it stood still since it asked', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(3_001);
    await expect(stillOurs(async () => (await sleep(0), 'ours'))).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    clock.mockRestore();
  });
});
