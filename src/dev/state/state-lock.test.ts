import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from '../../programs/process-identity.js';
import { lockStateFolder } from './state-lock.js';

const lockFile = async () => join(await mkdtemp(join(tmpdir(), 'slipway-lock-')), 'lock');

describe('the lock of a state folder', () => {
  it('refuses a second owner', async () => {
    const file = await lockFile();
    await lockStateFolder(file);
    await expect(lockStateFolder(file)).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' });
  });

  it('can be taken again once it was given back', async () => {
    const file = await lockFile();
    await (await lockStateFolder(file))();
    await expect(lockStateFolder(file)).resolves.toBeDefined();
  });

  it('is taken over from an owner that was killed', async () => {
    const file = await lockFile();
    const owner = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)']);
    owner.unref();
    await writeFile(file, JSON.stringify(identityOf(owner.pid ?? 0)));
    await expect(lockStateFolder(file)).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' });
    owner.kill('SIGKILL');
    owner.ref();
    await once(owner, 'exit');
    await expect(lockStateFolder(file)).resolves.toBeDefined();
  });

  it('is taken over when another process has the pid of its owner now', async () => {
    const file = await lockFile();
    await writeFile(file, JSON.stringify({ pid: process.pid, startTime: 'another' }));
    await expect(lockStateFolder(file)).resolves.toBeDefined();
  });

  it('is taken over when a crash left half of it', async () => {
    const file = await lockFile();
    await writeFile(file, '{"pid": 1');
    await expect(lockStateFolder(file)).resolves.toBeDefined();
  });
});
