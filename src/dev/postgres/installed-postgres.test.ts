import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedPostgres } from './installed-postgres.js';

const ALL = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];

describe('the PostgreSQL of a machine', () => {
  let home = '';
  beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'slipway-installed-')); });
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function install(version: string, programs: readonly string[] = ALL): Promise<string> {
    const folder = join(home, version, 'bin');
    await mkdir(folder, { recursive: true });
    for (const program of programs) {
      await writeFile(join(folder, program), `#!/bin/sh\necho "${program} (PostgreSQL) ${version}.2 (Debian ${version}.2-1)"\n`);
      await chmod(join(folder, program), 0o755);
    }
    return folder;
  }

  it('is the newest of several', async () => {
    await install('9');
    const newest = await install('17');
    await install('15');
    expect(await installedPostgres({}, home)).toMatchObject({ version: '17.2', binaries: { postgres: join(newest, 'postgres') } });
  });

  it('has its clients as well as its server', async () => {
    await install('17', ['pg_dump', 'pg_restore']);
    await install('15');
    expect(await installedPostgres({}, home)).toMatchObject({ version: '15.2' });
  });

  it('is found on PATH', async () => {
    expect(await installedPostgres({ PATH: `/nowhere:${await install('16')}` }, join(home, 'none'))).toMatchObject({ version: '16.2' });
  });

  it('is asked for when there is none', async () => {
    await install('15', ['psql']);
    await expect(installedPostgres({ PATH: '' }, home)).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
  });
});
