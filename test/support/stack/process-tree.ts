import { readdirSync, readFileSync } from 'node:fs';
import { identityOf, isAlive, type ProcessIdentity } from '../../../src/programs/process-identity.js';
import { until } from '../until.js';

/** A process below another one, and what it was started as. */
export interface Descendant extends ProcessIdentity {
  readonly command: string;
}

/** Every living process that this one started, and that those started. */
export function descendantsOf(pid: number): readonly Descendant[] {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), parentOf(name)]));
  const below = (parent: number): readonly number[] => [...parents].filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid).flatMap((child) => {
    const identity = identityOf(child);
    return identity ? [{ ...identity, command: commandOf(child) }] : [];
  });
}

/** Stops every process below this one whose command line has such a word: it does nothing more, and holds what it holds, until it is killed. */
export function freeze(word: string): void {
  const found = descendantsOf(process.pid).filter(({ command }) => command.includes(word));
  if (found.length === 0) throw new Error(`no process has ${word} in its command`);
  for (const { pid } of found) process.kill(pid, 'SIGSTOP');
}

/** Waits until none of them lives. @returns those that do */
export async function survivorsOf(processes: readonly Descendant[], withinMs = 15_000): Promise<readonly Descendant[]> {
  await until(() => !processes.some(isAlive), withinMs);
  return processes.filter(isAlive);
}

function parentOf(pid: string): number {
  const text = read(`/proc/${pid}/stat`);
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

/** Nothing of one that has gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
