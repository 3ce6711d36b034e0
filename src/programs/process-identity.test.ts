import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { identityOf, isAlive, startTimeOf } from './process-identity.js';

describe('the identity of a process', () => {
  it('stays the same while it lives', () => {
    expect(startTimeOf(process.pid)).toBe(startTimeOf(process.pid));
    expect(isAlive(identityOf(process.pid) ?? { pid: 0, startTime: '' })).toBe(true);
  });

  it('does not hold for another process that has the pid', () => {
    expect(isAlive({ pid: process.pid, startTime: 'another time' })).toBe(false);
  });

  it('holds no longer when the process has ended', async () => {
    const child = spawn('sleep', ['60']);
    const identity = identityOf(child.pid ?? 0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(identity).toBeDefined();
    expect(identity && isAlive(identity)).toBe(false);
  });

  it('is none for a pid that nobody has', () => {
    expect(identityOf(2 ** 22 + 1)).toBeUndefined();
  });
});
