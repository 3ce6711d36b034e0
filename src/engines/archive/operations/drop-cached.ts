import { spawn } from 'node:child_process';
import { once } from 'node:events';

const WITHIN_MS = 10_000;

/**
 * Asks the system to forget what it holds of a file in memory, so that what is read next comes from the disk: bytes that were just written would
 * otherwise be compared with themselves. A request only, by coreutils: where there is no `dd`, the reading goes on without.
 */
export async function dropCached(path: string): Promise<void> {
  const child = spawn('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'], { stdio: 'ignore', timeout: WITHIN_MS });
  await once(child, 'exit').catch(() => undefined);
}
