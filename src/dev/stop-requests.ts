const LOOK_EVERY_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Fires when the user, the system or the end of npm asks the stack to stop. Asking again changes nothing: a terminal's Ctrl-C arrives more than once,
 * from the terminal and from npm.
 */
export function stopRequests(env: NodeJS.ProcessEnv): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) process.on(signal, () => controller.abort(signal));
  if (env['npm_lifecycle_event'] !== undefined) whenOrphaned(() => controller.abort('npm is gone'));
  return controller.signal;
}

/** npm killed by SIGKILL cannot tell its child: that it has another parent now is all there is to see. */
function whenOrphaned(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, LOOK_EVERY_MS);
  timer.unref();
}
