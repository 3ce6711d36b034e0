import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackSecrets } from './stack-secrets.js';
import { openStateFolder } from './state-folder.js';

describe('the secrets of the stack', () => {
  let home = '';
  beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'slipway-secrets-')); });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('stay the same from start to start: who loses the key of the backups loses them all', async () => {
    const state = await openStateFolder(home);
    const first = await stackSecrets(state);
    expect(first.backupIdentity).toMatch(/^AGE-SECRET-KEY-1/);
    expect(await stackSecrets(state)).toEqual(first);
  });

  it('are for their owner only, even if somebody opened them', async () => {
    const state = await openStateFolder(home);
    await stackSecrets(state);
    await chmod(state.backupIdentity, 0o644);
    await stackSecrets(state);
    for (const file of [state.adminKey, state.routerToken, state.backupIdentity]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
