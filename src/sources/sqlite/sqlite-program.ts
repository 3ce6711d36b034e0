import { pathToFileURL } from 'node:url';
import { type ErrorCode, SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';

export interface SqliteProgram {
  /** Runs statements and dot commands. @returns what they print, in lists @throws SOURCE_UNREACHABLE, SOURCE_UNSUPPORTED, … by what it says */
  run(request: SqliteRequest): Promise<string>;
}

export interface SqliteRequest {
  readonly database: string;
  /** `shared`: as any application opens it; `alone`: nobody else has it open, and nothing is written, not even beside it. */
  readonly open: 'shared' | 'alone';
  readonly script: string;
  readonly signal: AbortSignal;
  /** @default that of the program */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  /** `stranger`: a user's statements, which reach nothing but the database. */
  readonly trust?: 'ours' | 'stranger';
}

export interface SqliteProgramOptions {
  readonly programs: Programs;
  readonly program: string;
  readonly timeoutMs: number;
}

/** Lists of tables may be long; what they hold is never printed. */
const MOST_OUTPUT_BYTES = 16_777_216;
/** Another connection's lock is waited for. */
const BUSY_MS = 5_000;

/** The `sqlite3` program, without a shell and without the user's start file. */
export function createSqliteProgram({ programs, program, timeoutMs: usualTimeoutMs }: SqliteProgramOptions): SqliteProgram {
  return {
    async run({ database, open, script, signal, cwd, timeoutMs = usualTimeoutMs, trust = 'ours' }) {
      // As an address, so that no name is taken for an option and nothing is made where nothing is.
      const address = `${pathToFileURL(database).href}?${open === 'alone' ? 'immutable=1' : 'mode=rw'}`;
      const result = await programs.run({
        command: [program, '-init', '/dev/null', '-batch', '-bail', ...(trust === 'stranger' ? ['-safe', '-quote', '-noheader'] : ['-list', '-noheader']), address],
        stdin: `.timeout ${BUSY_MS}\n${script}\n`, timeoutMs, signal, maxOutputBytes: MOST_OUTPUT_BYTES, ...(cwd === undefined ? {} : { cwd }),
      });
      if (result.exitCode !== 0) throw sqliteFault(database, result.stderr);
      if (result.stdoutCut) throw new SlipwayError('SOURCE_UNSUPPORTED', `${database} has more tables than can be listed.`);
      return result.stdout;
    },
  };
}

const FAULTS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/unknown option|no such function: sha3_query|unrecognized option/i, 'CLIENT_TOO_OLD'],
  [/unable to open database/i, 'SOURCE_MISSING'],
  [/readonly database|permission denied|authorization denied/i, 'SOURCE_REFUSED'],
  [/database (?:table )?is locked/i, 'SOURCE_UNREACHABLE'],
  [/disk is full/i, 'STAGING_FULL'],
  [/disk I\/O error/i, 'SOURCE_UNREACHABLE'],
  [/not a database|malformed|corrupt/i, 'SOURCE_UNSUPPORTED'],
  [/no such table|schema has changed/i, 'SOURCE_CHANGED'],
];

function sqliteFault(database: string, stderr: string): SlipwayError {
  const code = FAULTS.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'PRODUCER_FAILED';
  return new SlipwayError(code, `sqlite3 could not work on ${database}: ${stderr.trim().slice(-1_000)}`);
}
