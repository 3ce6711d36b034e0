import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { handOver, type Unprivileged } from './unprivileged.js';

export interface DataFolder {
  readonly data: string;
  readonly password: string;
}

/** The administrator of an embedded PostgreSQL and the name of its database. */
export const DATABASE_USER = 'slipway';

/** The cluster in `folder`: the one that is there, or a new one with a password of its own. `initdb`: the program and what more to tell it. @throws PROCESS_FAILED */
export async function dataFolder(folder: string, initdb: readonly string[], how: Unprivileged): Promise<DataFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (how.owner) await chown(folder, how.owner.uid, how.owner.gid);
  const passwordFile = join(folder, 'password');
  const data = join(folder, 'data');
  if (!(await exists(data))) await create(folder, passwordFile, initdb, how);
  await handOver(data, how.owner);
  return { data, password: (await readFile(passwordFile, 'utf8')).trim() };
}

/** Made beside its place and renamed into it, so that a start that was cut off leaves nothing half done behind. */
async function create(folder: string, passwordFile: string, initdb: readonly string[], how: Unprivileged): Promise<void> {
  const half = join(folder, 'data.new');
  await rm(half, { recursive: true, force: true });
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (how.owner) await chown(passwordFile, how.owner.uid, how.owner.gid);
  const [program, ...args] = [
    ...how.prefix, ...initdb, `--pgdata=${half}`, `--username=${DATABASE_USER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
  ];
  try {
    await promisify(execFile)(program, args, { ...how.spawn, cwd: folder, timeout: 60_000, env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
  } catch (error) {
    throw new SlipwayError('PROCESS_FAILED', `PostgreSQL could not set up its data in ${folder}: ${outputOf(error)}`, { cause: error });
  }
  await rename(half, join(folder, 'data'));
}

function outputOf(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr === '' ? messageOf(error) : stderr.split('\n').slice(-5).join(' | ');
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
