import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, at most `withinMs`. A look that costs much is better taken less often. @returns whether it came true. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 25_000, everyMs = 20): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(everyMs);
  }
  return true;
}
