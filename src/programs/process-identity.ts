import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One process for good: a pid alone is given away again. The form of the guardian's records. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; only ever compared. */
  readonly startTime: string;
}

/**
 * When the process began, in a form that no other process with the same pid has, before or after a restart of the machine.
 *
 * @returns undefined when there is no such process, or only what its parent has not yet collected.
 */
export function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return startTimeOf(pid) === startTime;
}

/** The fields of `/proc/<pid>/stat` after the program's name, which may itself hold spaces and brackets. */
export function statOf(pid: number | string): { readonly state: string; readonly group: number; readonly startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, group: Number(group), startTicks: rest[16] ?? '' };
  } catch {
    return undefined;
  }
}

/** Ended, and waiting only for its parent to collect it. */
export function isZombie(state: string): boolean {
  return state === 'Z' || state === 'X';
}

function fromProc(pid: number): string | undefined {
  const stat = statOf(pid);
  if (!stat || isZombie(stat.state)) return undefined;
  // Ticks count from the machine's start, so they mean something only together with it.
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${stat.startTicks}`;
}

function fromPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2_000 });
  const [, state = '', started = ''] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? [];
  return started === '' || state.startsWith('Z') ? undefined : started;
}
