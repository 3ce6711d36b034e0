import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Environment, programEnvironment } from '../../../src/programs/program-environment.js';
import type { GroupWatch } from '../../../src/programs/guardian.js';
import { until } from '../until.js';

const KEPT_CHARACTERS = 100_000;

/** A process of the stack under test, in a group of its own, as an operator would run it. */
export interface Program {
  readonly pid: number;
  /** Sends the signal and waits for the end. @returns the exit code; null: ended by a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** The newest part of both outputs. */
  said(): string;
}

export interface ProgramOptions {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Environment;
  readonly cwd: string;
  /** What ends it should the tests die. */
  readonly groups: GroupWatch;
  readonly isReady: (said: string) => boolean | Promise<boolean>;
}

/** Starts a program and waits until it is ready. @throws with its last words when it never is. */
export async function startProgram({ name, command, env, cwd, groups, isReady }: ProgramOptions): Promise<Program> {
  const [file, ...args] = command;
  const child = spawn(file, args, { env: programEnvironment(process.env, env), cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  groups.watch(pid);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void (said = (said + text).slice(-KEPT_CHARACTERS)));
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!over()) process.kill(-pid, signal);
    if (!(await until(over, 30_000))) throw new Error(`${name} did not end by ${signal}:\n${said}`);
    groups.release(pid);
    return child.exitCode;
  };
  const ready = await until(async () => over() || isReady(said), 30_000, 100);
  if (ready && !over()) return { pid, end, said: () => said };
  if (!over()) await end('SIGKILL');
  throw new Error(`${name} did not become ready:\n${said}`);
}

/** A file of the build, by its path below `src`. */
export function built(path: string): string {
  const file = fileURLToPath(new URL(`../../../dist/src/${path}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`No ${file}: run npm run build.`);
  return file;
}

/** Whether a GET is answered with a status of the 200s. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
