import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isZombie, statOf } from './process-identity.js';

const POLL_MS = 20;
/** What a killed group may take to be gone: the kernel's work, not the program's. */
const KILLED_WITHIN_MS = 2_000;

/** Whether anything of the group still runs. */
export function groupRuns(group: number): boolean {
  if (!signalGroup(group, 0)) return false;
  // A signal also reaches what has ended and was never collected, which is nothing to wait for.
  return process.platform !== 'linux' || hasLiveMember(group);
}

/**
 * Ends a process group: SIGTERM, then SIGKILL after `graceMs`. Idempotent.
 *
 * @returns whether nothing of it runs any more.
 */
export async function endGroup(group: number, graceMs: number): Promise<boolean> {
  if (!groupRuns(group)) return true;
  signalGroup(group, 'SIGTERM');
  if (await groupGone(group, graceMs)) return true;
  signalGroup(group, 'SIGKILL');
  return groupGone(group, KILLED_WITHIN_MS);
}

/** Waits for a group to end by itself. @returns whether nothing of it runs any more. */
export async function groupGone(group: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (groupRuns(group)) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // 0 and 1 as groups would mean our own and everybody's.
  if (!Number.isInteger(group) || group <= 1) return false;
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

function hasLiveMember(group: number): boolean {
  return readdirSync('/proc').some((entry) => {
    const stat = /^\d+$/.test(entry) ? statOf(entry) : undefined;
    return stat !== undefined && stat.group === group && !isZombie(stat.state);
  });
}
