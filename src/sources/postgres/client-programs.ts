import { readdir, realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';

export interface ClientPrograms {
  readonly dump: string;
  readonly restore: string;
  /** `15.18` */
  readonly version: string;
}

interface Found extends ClientPrograms {
  readonly major: number;
}

const VERSION_TIMEOUT_MS = 10_000;
/** Folders that hold one folder a version. */
const INSTALLED = [
  { parent: '/usr/lib/postgresql', bin: 'bin' }, { parent: '/usr', bin: 'bin', named: /^pgsql-\d+$/ },
  { parent: '/opt/homebrew/opt', bin: 'bin', named: /^(postgresql@\d+|libpq)$/ }, { parent: '/usr/local/opt', bin: 'bin', named: /^(postgresql@\d+|libpq)$/ },
];

/**
 * `pg_dump` and `pg_restore` for a server: of its own major version, else the nearest newer one. Newer programs may speak of settings that the
 * server does not know; older ones refuse it.
 *
 * @param folders to look in. @default PATH and the usual places
 * @throws PROGRAM_MISSING, CLIENT_TOO_OLD
 */
export async function clientPrograms(request: { readonly programs: Programs; readonly folders: readonly string[] | undefined; readonly serverMajor: number; readonly signal: AbortSignal }): Promise<ClientPrograms> {
  const folders = request.folders ?? await usualFolders();
  const found = await findAll(request.programs, folders, request.signal);
  const matching = found.filter(({ major }) => major >= request.serverMajor).sort((a, b) => a.major - b.major)[0];
  if (matching) return matching;
  const wanted = `Install the client programs of version ${request.serverMajor}.`;
  if (found.length === 0) throw new SlipwayError('PROGRAM_MISSING', `pg_dump and pg_restore were found in none of ${folders.join(', ')}. ${wanted}`);
  const seen = found.map(({ dump, version }) => `${dump} (${version})`).join(', ');
  throw new SlipwayError('CLIENT_TOO_OLD', `The server is of version ${request.serverMajor}, and its clients must not be older; found were ${seen}. ${wanted}`);
}

async function findAll(programs: Programs, folders: readonly string[], signal: AbortSignal): Promise<readonly Found[]> {
  const dumps = await Promise.all(folders.map((folder) => realpath(join(folder, 'pg_dump')).catch(() => undefined)));
  // Debian's wrapper chooses a version by itself, which is our work here.
  const distinct = [...new Set(dumps.filter((path) => path !== undefined))].filter((path) => basename(path) === 'pg_dump');
  return (await Promise.all(distinct.map((path) => versionOf(programs, path, signal)))).filter((found) => found !== undefined);
}

async function versionOf(programs: Programs, dump: string, signal: AbortSignal): Promise<Found | undefined> {
  const restore = join(dirname(dump), 'pg_restore');
  const both = await Promise.all([dump, restore].map(async (program) => {
    try {
      const { exitCode, stdout } = await programs.run({ command: [program, '--version'], timeoutMs: VERSION_TIMEOUT_MS, signal });
      return exitCode === 0 ? /\(PostgreSQL\) ((\d+)[.\w]*)/.exec(stdout) : null;
    } catch (error) {
      if (signal.aborted) throw error;
      return null;
    }
  }));
  const [, version, major] = both[0] ?? [];
  return both[1] && version !== undefined ? { dump, restore, version, major: Number(major) } : undefined;
}

async function usualFolders(): Promise<readonly string[]> {
  const versioned = await Promise.all(INSTALLED.map(async ({ parent, bin, named }) => {
    const inside = await readdir(parent).catch((): string[] => []);
    return inside.filter((name) => !named || named.test(name)).map((name) => join(parent, name, bin));
  }));
  return [...versioned.flat(), ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')];
}
