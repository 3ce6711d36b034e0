import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../domain/errors.js';
import { identityOf, isAlive, type ProcessIdentity } from '../../programs/process-identity.js';

const WITHIN_MS = 15_000;
const POLL_MS = 20;

/**
 * Does `work` while nobody else, in this process or another of this machine, works under the same path. What a dead process left is taken over.
 *
 * @throws TARGET_UNREACHABLE when the other one does not finish
 */
export async function claimed<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ ...identityOf(process.pid), token: randomUUID() });
  const deadline = performance.now() + WITHIN_MS;
  while (!take(path, mine)) {
    if (performance.now() > deadline) throw new SlipwayError('TARGET_UNREACHABLE', `Another launch on this host does not finish: ${path} has been held for ${WITHIN_MS} ms.`);
    takeFromTheDead(path);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link appears with its content or not at all, and never replaces one that is there. */
function take(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, path);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function takeFromTheDead(path: string): void {
  const content = read(path);
  const holder = content === undefined ? undefined : holderOf(content);
  if (content === undefined || (holder && isAlive(holder))) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    // Between reading and renaming somebody else may have taken it over: then it goes back.
    if (read(aside) !== content) linkSync(aside, path);
  } catch {
    // Somebody else was faster.
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function holderOf(content: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime }: Partial<Record<keyof ProcessIdentity, unknown>> = JSON.parse(content);
    return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}
