import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SlipwayError } from '../domain/errors.js';
import { type Bound, createBound, type ProgramBound } from './bound.js';
import type { GroupWatch } from './guardian.js';
import { type KeptOutput, keepOutput } from './kept-output.js';
import { consumeOutput, type TakeOutput } from './output-consumer.js';
import { endGroup, groupGone } from './process-group.js';
import { type Environment, programEnvironment } from './program-environment.js';
import { notStarted, outputEnded, ProgramEnd } from './program-end.js';

/** Runs short-lived programs: to their end, their time limit or an abort, and never beyond the life of this process. */
export interface Programs {
  /**
   * Runs `command` as it is, without a shell, in a process group of its own. Whatever of that group is left when the program ends is ended too:
   * a program that starts something lasting must give it a session of its own (`setsid`, `systemd-run`).
   *
   * @throws PROGRAM_MISSING, PROGRAM_NOT_STARTED, PROGRAM_TIMEOUT; the signal's reason when aborted; what `onStdout` threw. A failing exit code is a result, not an error.
   */
  run(request: ProgramRequest): Promise<ProgramResult>;
  /** Whatever `work` runs, and what that runs, is killed once the time is over that `work` extends as it goes: also while this process is frozen. */
  bounded<T>(untilMs: number, work: (bound: Bound) => Promise<T>): Promise<T>;
}

interface ProgramRequest {
  readonly command: readonly string[];
  /** Beside the worker's own environment, of which `SLIPWAY_*` and `TEMPORAL_*` are never passed on. */
  readonly env?: Environment;
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Of each stream; its beginning and its end are kept. @default 1 MiB */
  readonly maxOutputBytes?: number;
  /** Where both are kept instead, for whoever wants them however the program ends. */
  readonly output?: ProgramOutput;
  readonly stdin?: string;
  /** Gets the standard output as it comes, none of which is kept then. All of it has been taken when `run` resolves. What it throws ends the program. */
  readonly onStdout?: TakeOutput;
  /** Between SIGTERM and SIGKILL, when it must be ended. @default that of these programs */
  readonly graceMs?: number;
}

export interface ProgramOutput {
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
}

export interface ProgramResult {
  /** 128 and the number of the signal when one ended it, as a shell would say. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** `stdout` was longer than `maxOutputBytes`. */
  readonly stdoutCut: boolean;
}

export interface ProgramsOptions {
  readonly guardian: GroupWatch;
  /** @default process.env */
  readonly env?: Environment;
  /** Between SIGTERM and SIGKILL. @default 3 s */
  readonly graceMs?: number;
}

const DEFAULT_OUTPUT_BYTES = 1_048_576;
/** What a program leaves behind may still be on its way into a session of its own. */
const LEAVE_WITHIN_MS = 1_000;

export function createPrograms({ guardian, env = process.env, graceMs: usualGraceMs = 3_000 }: ProgramsOptions): Programs {
  const bounds = new AsyncLocalStorage<ProgramBound>();
  return {
    bounded(untilMs, work) {
      const bound = createBound(guardian, untilMs);
      return bounds.run(bound, () => work(bound));
    },
    async run(request) {
      request.signal?.throwIfAborted();
      const graceMs = request.graceMs ?? usualGraceMs;
      const { stdout, stderr } = request.output ?? keepBoth(request.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
      const child = start(request, env);
      const consumer = consumeOutput(child.stdout, request.onStdout ?? ((chunk) => stdout.add(chunk)));
      child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
      // A program that does not read its input closes it early.
      child.stdin.on('error', () => undefined);
      child.stdin.end(request.stdin ?? '');

      const group = child.pid;
      const bound = bounds.getStore();
      if (group !== undefined) guardian.watch(group, bound?.join(group));
      const end = new ProgramEnd(child, request);
      try {
        const exitCode = exitCodeOf(await Promise.race([end.reached(), consumer.failed]));
        if (group !== undefined && !(await groupGone(group, LEAVE_WITHIN_MS))) await endGroup(group, graceMs);
        await Promise.race([outputEnded(child, consumer), end.interrupted(), consumer.failed]);
        return { exitCode, stdout: stdout.text(), stderr: stderr.text(), stdoutCut: stdout.cut };
      } finally {
        end.forget();
        if (group !== undefined && (await endGroup(group, graceMs))) {
          guardian.release(group);
          bound?.leave(group);
        }
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      }
    },
  };
}

/** @param limitBytes of each. */
export function keepBoth(limitBytes: number): ProgramOutput {
  return { stdout: keepOutput(limitBytes), stderr: keepOutput(limitBytes) };
}

function start(request: ProgramRequest, env: Environment): ChildProcessWithoutNullStreams {
  const [file, ...args] = request.command;
  if (!file) throw new SlipwayError('PROGRAM_MISSING', 'The command is empty: there is nothing to run.');
  try {
    return spawn(file, args, { detached: true, env: programEnvironment(env, request.env), ...(request.cwd ? { cwd: request.cwd } : {}) });
  } catch (error) {
    throw notStarted(request.command, error);
  }
}

function exitCodeOf({ code, signal }: { readonly code: number | null; readonly signal: NodeJS.Signals | null }): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
