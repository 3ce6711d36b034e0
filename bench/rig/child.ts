import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Room } from '../benchmark.js';

export interface Child {
  readonly pid: number;
  /** Everything it printed so far. */
  said(): string;
  readonly process: ChildProcess;
  /** @returns when it is gone */
  end(signal: NodeJS.Signals): Promise<void>;
}

const GRACE_MS = 15_000;

/** A process that ends with the benchmark. */
export function startChild(room: Room, command: readonly [string, ...string[]], env: NodeJS.ProcessEnv, cwd = room.folder): Child {
  const [file, ...args] = command;
  const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void said.push(chunk.toString()));
  const gone = once(child, 'exit').catch(() => undefined);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await gone;
    clearTimeout(timer);
  };
  room.later(() => end('SIGTERM'));
  return { pid: child.pid ?? 0, said: () => said.join(''), process: child, end };
}
