import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPrograms } from '../../programs/programs.js';
import { clientPrograms } from './client-programs.js';

const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 100 });
const signal = new AbortController().signal;

describe('the client programs', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipway-clients-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  async function install(version: string, names = ['pg_dump', 'pg_restore']): Promise<string> {
    const folder = join(root, version);
    await mkdir(folder);
    for (const name of names) {
      await writeFile(join(folder, name), `#!/bin/sh\necho "${name} (PostgreSQL) ${version} (Debian)"\n`);
      await chmod(join(folder, name), 0o755);
    }
    return folder;
  }
  const choose = (serverMajor: number, folders: readonly string[], timeoutMs?: number) => clientPrograms({ programs, folders, serverMajor, signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });

  it('are those of the server’s version, though newer ones are there', async () => {
    const folders = [await install('17.2'), await install('15.18'), await install('16.4')];
    expect(await choose(15, folders)).toMatchObject({ version: '15.18', dump: join(root, '15.18/pg_dump'), restore: join(root, '15.18/pg_restore') });
  });

  it('are the nearest newer ones where there are none of its version', async () => {
    const folders = [await install('19beta1'), await install('18.1'), await install('16.4'), await install('14.9')];
    expect(await choose(15, folders)).toMatchObject({ version: '16.4' });
    expect(await choose(17, folders)).toMatchObject({ version: '18.1' });
  });

  it.each([13, 16])('are refused for a server of %i when all that are not older set what it does not know', async (server) => {
    const folders = [await install('18.1'), await install('17.2'), await install('12.9')];
    await expect(choose(server, folders)).rejects.toMatchObject({ code: 'CLIENT_TOO_NEW', message: expect.stringContaining(`postgresql-client-${server}`) });
  });

  it('are refused when all are older, naming what was found', async () => {
    await expect(choose(15, [await install('14.9')])).rejects.toMatchObject({ code: 'CLIENT_TOO_OLD', message: expect.stringContaining('14.9') });
  });

  it('are missing when there is no folder, or only half of them', async () => {
    await expect(choose(15, [join(root, 'none'), await install('15.18', ['pg_dump'])])).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
  });

  it('are not missing because they are slow', async () => {
    const slow = await install('15.18');
    await writeFile(join(slow, 'pg_dump'), '#!/bin/sh\nexec sleep 60\n');
    await expect(choose(15, [slow, await install('16.4')], 200)).rejects.toMatchObject({ code: 'PROGRAM_TIMEOUT' });
  });

  it('are not missing because something ended them', async () => {
    const folder = await install('15.18');
    await writeFile(join(folder, 'pg_dump'), '#!/bin/sh\nkill -9 $$\n');
    await expect(choose(15, [folder])).rejects.toMatchObject({ code: 'PROGRAM_NOT_STARTED' });
  });

  it('need not wait for others that are slow', async () => {
    const slow = await install('16.4');
    await writeFile(join(slow, 'pg_dump'), '#!/bin/sh\nexec sleep 60\n');
    expect(await choose(15, [slow, await install('15.18')], 2_000)).toMatchObject({ version: '15.18' });
  });

  it('are asked for their version once, until they are replaced', async () => {
    const folder = await install('15.18');
    const asked = join(root, 'asked');
    const say = (version: string) => writeFile(join(folder, 'pg_dump'), `#!/bin/sh\necho asked >> '${asked}'\necho "pg_dump (PostgreSQL) ${version}"\n`);
    await say('15.18');
    for (let time = 0; time < 3; time += 1) await choose(15, [folder]);
    expect(await readFile(asked, 'utf8')).toBe('asked\n');
    await say('15.19');
    expect(await choose(15, [folder])).toMatchObject({ version: '15.19' });
  });

  it('are never a wrapper that chooses a version by itself', async () => {
    const folder = await install('16.1', ['pg_wrapper']);
    for (const name of ['pg_dump', 'pg_restore']) await symlink('pg_wrapper', join(folder, name));
    await expect(choose(15, [folder])).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
  });
});
