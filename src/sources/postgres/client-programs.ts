import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { codeOf, SlipwayError } from '../../domain/errors.js';
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

/** Of what takes milliseconds, on a machine that has no time at all. */
const VERSION_TIMEOUT_MS = 30_000;
/** Folders that hold one folder a version. */
const INSTALLED = [
  { parent: '/usr/lib/postgresql', bin: 'bin' }, { parent: '/usr', bin: 'bin', named: /^pgsql-\d+$/ },
  { parent: '/opt/homebrew/opt', bin: 'bin', named: /^(postgresql@\d+|libpq)$/ }, { parent: '/usr/local/opt', bin: 'bin', named: /^(postgresql@\d+|libpq)$/ },
];

/** What programs said of themselves, by path; for as long as their files are the same, which an upgrade changes. */
const known = new Map<string, { readonly file: string; readonly version: RegExpExecArray }>();

export interface ClientRequest {
  readonly programs: Programs;
  /** To look in. @default PATH and the usual places */
  readonly folders: readonly string[] | undefined;
  readonly serverMajor: number;
  readonly signal: AbortSignal;
  /** Of each program that is asked for its version. @default 30 s */
  readonly timeoutMs?: number;
}

/**
 * The first whose `pg_restore` sets `transaction_timeout`, which no server before it knows: it fails there at its first statement. What its
 * `pg_dump` makes, no older `pg_restore` can read: a backup by it of such a server could not be brought back to that server.
 */
const DIVIDE = 17;

/**
 * `pg_dump` and `pg_restore` for a server: of its own major version, else the nearest newer one on the same side of the divide. Older ones
 * refuse it.
 *
 * @throws PROGRAM_MISSING, CLIENT_TOO_OLD, CLIENT_TOO_NEW; PROGRAM_TIMEOUT, PROGRAM_NOT_STARTED (both retryable) when one that did not answer might be the right one
 */
export async function clientPrograms(request: ClientRequest): Promise<ClientPrograms> {
  const { serverMajor, folders = await usualFolders() } = request;
  const { found, unanswered } = await findAll(request, folders);
  const matching = found.filter(({ major }) => serves(major, serverMajor)).sort((a, b) => a.major - b.major)[0];
  if (matching && (matching.major === serverMajor || unanswered === undefined)) return matching;
  if (unanswered !== undefined) throw unanswered;
  throw unfit(serverMajor, found, folders);
}

function serves(client: number, server: number): boolean {
  return client >= server && (client < DIVIDE || server >= DIVIDE);
}

function unfit(serverMajor: number, found: readonly Found[], folders: readonly string[]): SlipwayError {
  const wanted = `Install the client programs of version ${serverMajor} on the workers (on Debian: postgresql-client-${serverMajor}).`;
  if (found.length === 0) return new SlipwayError('PROGRAM_MISSING', `pg_dump and pg_restore were found in none of ${folders.join(', ')}. ${wanted}`);
  const seen = found.map(({ dump, version }) => `${dump} (${version})`).join(', ');
  if (found.every(({ major }) => major < serverMajor)) {
    return new SlipwayError('CLIENT_TOO_OLD', `The server is of version ${serverMajor}, and its clients must not be older; found were ${seen}. ${wanted}`);
  }
  const why = `the pg_restore of ${DIVIDE} or newer cannot fill a server before ${DIVIDE}, and no other reads what such a pg_dump makes`;
  return new SlipwayError('CLIENT_TOO_NEW', `The server is of version ${serverMajor}: ${why}; found were ${seen}. ${wanted}`);
}

async function findAll(request: ClientRequest, folders: readonly string[]): Promise<{ readonly found: readonly Found[]; readonly unanswered: Error | undefined }> {
  const dumps = await Promise.all(folders.map((folder) => realpath(join(folder, 'pg_dump')).catch(() => undefined)));
  // Debian's wrapper chooses a version by itself, which is our work here.
  const distinct = [...new Set(dumps.filter((path) => path !== undefined))].filter((path) => basename(path) === 'pg_dump');
  const asked = await Promise.allSettled(distinct.map((path) => pairAt(path, request)));
  request.signal.throwIfAborted();
  return {
    found: asked.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : [])),
    unanswered: asked.find((each) => each.status === 'rejected')?.reason,
  };
}

async function pairAt(dump: string, request: ClientRequest): Promise<Found | undefined> {
  const restore = join(dirname(dump), 'pg_restore');
  const [dumps, restores] = [await versionOf(dump, request), await versionOf(restore, request)];
  const [, version, major] = dumps ?? [];
  return restores && version !== undefined ? { dump, restore, version, major: Number(major) } : undefined;
}

/** null: it is not there, cannot be run or is something else. A program that is only slow is not missing. */
async function versionOf(program: string, request: ClientRequest): Promise<RegExpExecArray | null> {
  const file = await stateOf(program);
  if (file === undefined) return null;
  const remembered = known.get(program);
  if (remembered?.file === file) return remembered.version;
  const version = await ask(program, request);
  // What is broken may be mended by a library that it lacked.
  if (version) known.set(program, { file, version });
  return version;
}

async function ask(program: string, { programs, signal, timeoutMs = VERSION_TIMEOUT_MS }: ClientRequest): Promise<RegExpExecArray | null> {
  try {
    const { exitCode, stdout } = await programs.run({ command: [program, '--version'], timeoutMs, signal });
    // As where there is no memory for it: that says nothing about the program.
    if (exitCode > 128) throw new SlipwayError('PROGRAM_NOT_STARTED', `${program} was ended by signal ${exitCode - 128} before it said its version.`);
    return exitCode === 0 ? /\(PostgreSQL\) ((\d+)[.\w]*)/.exec(stdout) : null;
  } catch (error) {
    if (codeOf(error) === 'PROGRAM_MISSING') return null;
    throw error;
  }
}

async function stateOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}

async function usualFolders(): Promise<readonly string[]> {
  const versioned = await Promise.all(INSTALLED.map(async ({ parent, bin, named }) => {
    const inside = await readdir(parent).catch((): string[] => []);
    return inside.filter((name) => !named || named.test(name)).map((name) => join(parent, name, bin));
  }));
  return [...versioned.flat(), ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')];
}
