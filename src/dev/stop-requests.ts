import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Fires when the user, the system or the end of npm asks the stack to stop. Asking again changes nothing: a terminal's Ctrl-C arrives more than once,
 * from the terminal and from npm.
 */
export function stopRequests(env: NodeJS.ProcessEnv): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => controller.abort(signal));
  if (env['npm_lifecycle_event'] !== undefined) whenNpmIsGone(() => controller.abort('npm is gone'));
  return controller.signal;
}

/** npm killed by SIGKILL cannot tell its child: that an ancestor has another parent now is all there is to see. */
function whenNpmIsGone(act: () => void): void {
  const before = starters();
  const timer = setInterval(() => {
    if (starters() === before) return;
    clearInterval(timer);
    act();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** Our parent, which is npm or the shell that npm runs scripts in, and in the latter case the shell's parent. */
function starters(): string {
  const parent = process.ppid;
  const status = statusOf(parent);
  const isShell = /^Name:\s*(?:ba|da|a|z|k)?sh$/m.test(status);
  return isShell ? `${parent} ${/^PPid:\s*(\d+)/m.exec(status)?.[1]}` : String(parent);
}

/** Empty where there is no /proc: then only the parent itself is watched. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
