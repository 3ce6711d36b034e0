import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Room } from '../benchmark.js';

export interface BarePipe {
  readonly dump: readonly [string, ...string[]];
  readonly restic: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
}

/** One program's output into another, with nothing of ours between. @returns how long both took, in ms */
export async function barePipe(room: Room, { dump, restic, env }: BarePipe): Promise<number> {
  const began = performance.now();
  // The pipe is the kernel's: neither end passes through this process.
  const [shell, ...args] = ['/bin/bash', '-c', 'set -o pipefail; dump=$1; shift; "$dump" --format=custom --compress=0 "$1" | "${@:2}" >/dev/null', 'pipe', ...dump, ...restic];
  const child = spawn(shell ?? '', args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  room.later(async () => void child.kill());
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`pg_dump | restic ended with exit code ${code}: ${said.slice(-1_000)}`);
  return performance.now() - began;
}
