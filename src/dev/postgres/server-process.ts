import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Unprivileged } from './unprivileged.js';

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Settles when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  /** The last lines it printed. */
  readonly lastLines: () => readonly string[];
}

const KEPT_LINES = 20;

export function startServer(command: readonly string[], how: Unprivileged, cwd: string, log: (line: string) => void): ServerProcess {
  const [program = '', ...args] = [...how.prefix, ...command];
  // A group of its own: Ctrl-C in a terminal reaches whoever started it, which stops its processes in order.
  const child = spawn(program, args, {
    ...how.spawn, cwd, detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  });
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    log(line);
  };
  createInterface({ input: child.stderr }).on('line', keep);
  let over = false;
  // `close`, not `exit`: the last lines, which say why, have been read by then.
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over = true;
      resolve();
    };
    child.once('close', end);
    child.once('error', (error) => {
      keep(error.message);
      end();
    });
  });
  return { child, ended, hasEnded: () => over, lastLines: () => lines };
}

/** SIGINT lets transactions end by rollback and writes a checkpoint; what does not answer that in time is made to. */
export async function stopServer(server: ServerProcess): Promise<void> {
  for (const [signal, waitMs] of [['SIGINT', 10_000], ['SIGQUIT', 3_000], ['SIGKILL', 3_000]] as const) {
    if (server.hasEnded()) return;
    server.child.kill(signal);
    if (await endsWithin(server, waitMs)) return;
  }
}

async function endsWithin(server: ServerProcess, waitMs: number): Promise<boolean> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), waitMs);
  try {
    await Promise.race([server.ended, once(stop.signal, 'abort')]);
  } finally {
    clearTimeout(timer);
  }
  return server.hasEnded();
}
