import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../domain/errors.js';
import { endGroup } from '../../programs/process-group.js';
import type { Part, RunningPart } from './part.js';

export interface ProgramPart {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
  /** Answers whether it is ready for work. Asked again and again; what it throws counts as no. */
  readonly isReady: (signal: AbortSignal) => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** From the request to end until it is made to. */
  readonly graceMs: number;
  readonly tracker: ProcessTracker;
}

/** Is told of every process of the stack, from its first moment to its end. */
export interface ProcessTracker {
  spawned(pid: number): void;
  ended(pid: number): void;
}

const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 500;
const KEPT_LINES = 12;
const SHOWN_LINES = 6;

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  readonly lastLines: readonly string[];
}

/** A part that is one program. Its process leads a group of its own, so that Ctrl-C reaches the supervisor alone, which ends the parts in order. */
export function programPart(program: ProgramPart): Part {
  return {
    name: program.name,
    async start(signal) {
      const started = await spawned(program);
      const running: RunningPart = { pid: started.child.pid ?? 0, ended: started.ended, stop: () => stop(started, program.graceMs) };
      try {
        await becomesReady(program, started, signal);
      } catch (error) {
        await running.stop();
        throw error;
      }
      return running;
    },
  };
}

async function spawned(program: ProgramPart): Promise<Started> {
  const [file = '', ...args] = program.command;
  const log = createWriteStream(program.logFile, { flags: 'a' });
  // A disk that is full costs lines, not the stack.
  log.on('error', () => undefined);
  log.write(`--- ${new Date().toISOString()} ${program.name} starts\n`);
  const child = spawn(file, args, { cwd: program.cwd, env: program.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines: string[] = [];
  const ended = endOf(child, log, lastLines);
  const { pid } = child;
  if (pid !== undefined) {
    program.tracker.spawned(pid);
    void ended.then(() => program.tracker.ended(pid));
  }
  return { child, ended, lastLines };
}

function endOf(child: ChildProcess, log: WriteStream, lastLines: string[]): Promise<string> {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // Not `close`: a grandchild that holds the pipe must not hide that the part is gone.
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
    // Lines may come after the exit: what is left in the pipe, and what a grandchild still says.
    child.once('close', () => log.end());
  });
}

async function becomesReady(program: ProgramPart, started: Started, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + program.readyTimeoutMs;
  let over: string | undefined;
  void started.ended.then((why) => { over = why; });
  for (let lookMs = FIRST_LOOK_MS; Date.now() < deadline; lookMs = Math.min(lookMs * 1.3, LONGEST_LOOK_MS)) {
    signal.throwIfAborted();
    if (over !== undefined) throw failure(program, `ended before it was ready (${over})`, started.lastLines);
    if (await asks(program, signal)) return;
    await Promise.race([started.ended, sleep(lookMs)]);
  }
  throw failure(program, `was not ready within ${program.readyTimeoutMs / 1_000} s`, started.lastLines);
}

async function asks(program: ProgramPart, signal: AbortSignal): Promise<boolean> {
  try {
    return await program.isReady(signal);
  } catch {
    return false;
  }
}

function failure(program: ProgramPart, what: string, lastLines: readonly string[]): SlipwayError {
  const lines = lastLines.slice(-SHOWN_LINES).map((line) => `    ${line}`).join('\n') || '    nothing';
  return new SlipwayError('PROCESS_FAILED', `${program.name} ${what}. It last said:\n${lines}\n  The whole log: ${program.logFile}`);
}

/** The whole group: a program may have left something behind in it. */
async function stop({ child, ended }: Started, graceMs: number): Promise<void> {
  if (child.pid === undefined) return;
  await endGroup(child.pid, graceMs);
  await ended;
}
