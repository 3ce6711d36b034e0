import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Room } from './benchmark.js';

export interface OwnedRoom extends Room {
  /** Ends everything that was started; what fails to end stops nothing else. */
  end(): Promise<void>;
}

export async function openRoom(say: (text: string) => void): Promise<OwnedRoom> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const endings: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  let ending: Promise<void> | undefined;
  const endAll = async (): Promise<void> => {
    for (let end = endings.pop(); end !== undefined; end = endings.pop()) {
      await end().catch((error: unknown) => void process.stderr.write(`\n  while ending: ${String(error)}\n`));
    }
  };
  return { folder, say, later: (end) => void endings.push(end), end: () => (ending ??= endAll()) };
}
