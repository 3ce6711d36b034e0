import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSecrets } from './secrets.js';

describe('secrets', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('come from the environment', async () => {
    expect(await createSecrets({ env: { SLIPWAY_SECRET_HOOK: 's3cret' } }).resolve('HOOK')).toBe('s3cret');
  });

  it('come from a file, without its last newline', async () => {
    await writeFile(join(folder, 'HOOK'), 's3cret\n');
    expect(await createSecrets({ env: {}, folder }).resolve('HOOK')).toBe('s3cret');
  });

  it('come from the environment first', async () => {
    await writeFile(join(folder, 'HOOK'), 'file');
    expect(await createSecrets({ env: { SLIPWAY_SECRET_HOOK: 'env' }, folder }).resolve('HOOK')).toBe('env');
  });

  it('are read at each use, so that a rotated one is seen', async () => {
    const secrets = createSecrets({ env: {}, folder });
    await writeFile(join(folder, 'HOOK'), 'old');
    await secrets.resolve('HOOK');
    await writeFile(join(folder, 'HOOK'), 'new');
    expect(await secrets.resolve('HOOK')).toBe('new');
  });

  it.each(['HOOK', 'hook', '../HOOK', '1HOOK', ''])('fail by code when %p gives none', async (name) => {
    await expect(createSecrets({ env: {}, folder }).resolve(name)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });

  it('fail by code when empty', async () => {
    await expect(createSecrets({ env: { SLIPWAY_SECRET_HOOK: '' } }).resolve('HOOK')).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });

  it('fail by code when the file cannot be read', async () => {
    await mkdir(join(folder, 'HOOK'));
    await expect(createSecrets({ env: {}, folder }).resolve('HOOK')).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });
});
