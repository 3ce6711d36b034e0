import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOOLS } from './checkout.mjs';

const POLL_MS = 200;
const SETUP_LOCK = { file: path.join(TOOLS, 'setup.lock'), timeoutMs: 20 * 60_000, onWait: (pid) => process.stderr.write(`  waiting for another set-up (process ${pid})\n`) };

/** One set-up or build at a time in a checkout. */
export function withSetupLock(work) {
  return withLock(SETUP_LOCK, work);
}

/**
 * Runs `work` while holding the lock file, so that two set-ups in one checkout do not trip over each other.
 * A lock whose owner is gone is taken over.
 * @param {{file: string, timeoutMs: number, onWait?: (owner: string) => void}} options
 */
export async function withLock({ file, timeoutMs, onWait }, work) {
  await mkdir(path.dirname(file), { recursive: true });
  const deadline = Date.now() + timeoutMs;
  let told = false;
  while (!(await take(file))) {
    const owner = await readFile(file, 'utf8').catch(() => '');
    // An empty file is one that its owner is about to fill: only the deadline ends waiting for it.
    if (owner !== '' && !isAlive(owner)) await rm(file, { force: true });
    else if (Date.now() > deadline) throw new Error(`Another set-up (process ${owner.split(' ')[0] || 'unknown'}) holds ${file} for more than ${timeoutMs / 1000} s. End it, or remove the file.`);
    else {
      if (!told) onWait?.(owner.split(' ')[0]);
      told = true;
      await sleep(POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file) {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(`${process.pid} ${startTimeOf(process.pid)}`);
    await handle.close();
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(owner) {
  const [pid, startTime] = owner.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return startTimeOf(Number(pid)) === startTime;
}

/** With the process id it names one process for good; where /proc is missing the id alone has to do. */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}
