import { codeOf, SlipwayError } from '../../domain/errors.js';
import type { ProgramResult, Programs } from '../../programs/programs.js';
import { localFolder, takesLocks } from './local-folder.js';
import { createRedaction } from '../redact.js';
import { died, failureOf } from './restic-failure.js';
import { parseVersion } from './restic-output.js';

/** Bounds on restic, beside those of the signals. */
export interface ResticLimits {
  /** For what goes through a whole backup or repository: the signal of the call ends it before. @default the longest that a definition can say */
  readonly longMs: number;
  /** For what only looks up or marks something. @default 3 min */
  readonly shortMs: number;
  /** How long a lock of another run is waited for. @default 30 s */
  readonly retryLockMs: number;
}

export interface ResticProgramOptions {
  readonly repository: string;
  readonly password: () => Promise<string>;
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  /** `-o name=value`. */
  readonly options: Readonly<Record<string, string>>;
  readonly program: string;
  readonly programs: Programs;
  readonly cacheFolder: string | undefined;
  readonly limits: ResticLimits;
}

/** `needed`: one of its own, for which it waits; `if possible`: none where none can be written; `none`: it takes none and waits for none. */
export type Locks = 'needed' | 'if possible' | 'none';

export interface ResticCall {
  /** Beside the options that all have. User input stands behind `--`. */
  readonly args: readonly string[];
  readonly length: 'long' | 'short';
  readonly signal: AbortSignal;
  /** `none`: reads the destination itself and nothing that was kept here. @default kept */
  readonly cache?: 'kept' | 'none';
  /** @default 'needed' */
  readonly locks?: Locks;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStdout?: (chunk: Buffer) => void;
}

export interface ResticProgram {
  /** A failing exit code is a result. @throws PROGRAM_MISSING, ENGINE_TOO_OLD, ENGINE_DIED, SECRET_MISSING, REPOSITORY_UNREACHABLE when a short call does not end in time, PROGRAM_TIMEOUT for a long one */
  run(call: ResticCall): Promise<ProgramResult & { readonly redact: (text: string) => string }>;
  /** The command and environment of a call, for a program that runs restic itself. */
  prepared(call: Pick<ResticCall, 'args' | 'cache' | 'locks' | 'signal'>): Promise<{ readonly command: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly redact: (text: string) => string }>;
  /** The names in restic's environment that are nobody else's business. */
  ownNames(): Promise<readonly string[]>;
}

const LEAST_MINOR = 17;
const PASSWORD = 'RESTIC_PASSWORD';
/** Enough for thousands of complaints, and for the list of all snapshots of a source. */
const OUTPUT_BYTES = 8 * 1_048_576;
const VERSION_WITHIN_MS = 30_000;

/** Runs restic: the password in its environment, never in its arguments; no shell; a limit in time for each call. */
export function createResticProgram(options: ResticProgramOptions): ResticProgram {
  const { repository, program, programs, limits } = options;
  const extended = Object.entries(options.options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  let recentEnough = false;

  async function checkVersion(signal: AbortSignal): Promise<void> {
    if (recentEnough) return;
    const asked = await programs.run({ command: [program, 'version'], timeoutMs: VERSION_WITHIN_MS, signal });
    // Ended before it could say: that tells nothing about its version.
    if (died(asked)) throw failureOf(`${program} did not say its version`, asked, createRedaction([]));
    const version = parseVersion(asked.stdout);
    if (!version || (version.major === 0 && version.minor < LEAST_MINOR)) {
      throw new SlipwayError('ENGINE_TOO_OLD', `${program} ${version ? `is version ${version.text}` : 'does not say its version'}: at least 0.${LEAST_MINOR} is needed, which can store the output of a program safely. Install a newer restic, or name one by \`program\`.`);
    }
    recentEnough = true;
  }

  async function lockArguments(locks: Locks): Promise<readonly string[]> {
    const folder = localFolder(repository);
    const without = locks === 'none' || (locks === 'if possible' && folder !== undefined && !(await takesLocks(folder)));
    return without ? ['--no-lock'] : ['--retry-lock', `${Math.ceil(limits.retryLockMs / 1_000)}s`];
  }

  async function prepared({ args, cache = 'kept', locks = 'needed', signal }: Pick<ResticCall, 'args' | 'cache' | 'locks' | 'signal'>) {
    await checkVersion(signal);
    const [password, given] = await Promise.all([options.password(), options.env()]);
    const caching = cache === 'none' ? ['--no-cache'] : options.cacheFolder === undefined ? [] : ['--cache-dir', options.cacheFolder];
    return {
      command: [program, '--repo', repository, ...extended, '--json', ...caching, ...(await lockArguments(locks)), ...args],
      // One status line a second: it would print some fifty.
      env: { ...given, [PASSWORD]: password, RESTIC_PROGRESS_FPS: '1' },
      redact: createRedaction([password, ...Object.values(given)]),
    };
  }

  return {
    prepared,
    async ownNames() {
      return [PASSWORD, 'RESTIC_PROGRESS_FPS', ...Object.keys(await options.env())];
    },
    async run({ length, cwd, env, onStdout, ...call }) {
      const { redact, ...made } = await prepared(call);
      const { signal } = call;
      const timeoutMs = length === 'long' ? limits.longMs : limits.shortMs + limits.retryLockMs;
      try {
        const result = await programs.run({
          command: made.command, env: { ...env, ...made.env }, timeoutMs, signal, maxOutputBytes: OUTPUT_BYTES,
          ...(cwd === undefined ? {} : { cwd }), ...(onStdout ? { onStdout } : {}),
        });
        return { ...result, redact };
      } catch (error) {
        // It tries for a quarter of an hour to reach a destination that is away.
        if (length === 'short' && codeOf(error) === 'PROGRAM_TIMEOUT') {
          throw new SlipwayError('REPOSITORY_UNREACHABLE', `The repository at ${redact(repository)} gave no answer within ${timeoutMs} ms.`, { cause: error });
        }
        throw error;
      }
    },
  };
}

