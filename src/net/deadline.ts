/** A limit in time for one piece of work, joined with a signal that may live much longer. */
export interface Deadline {
  /** Aborts when the time is over, or with the reason of the longer signal. */
  readonly signal: AbortSignal;
  /** Whether the time was over first. */
  readonly passed: boolean;
  /** Must be called when the work is done. */
  end(): void;
}

/**
 * `AbortSignal.any` with `AbortSignal.timeout` would do the same, but leaves something behind on the longer signal at each use:
 * a watch that probes for days would grow without end.
 */
export function startDeadline(timeoutMs: number, longer?: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = !controller.signal.aborted;
    controller.abort(new Error(`not done within ${timeoutMs} ms`));
  }, timeoutMs);
  const abort = () => controller.abort(longer?.reason);
  if (longer?.aborted) abort();
  longer?.addEventListener('abort', abort, { once: true });

  return {
    signal: controller.signal,
    get passed() {
      return passed;
    },
    end() {
      clearTimeout(timer);
      longer?.removeEventListener('abort', abort);
    },
  };
}
