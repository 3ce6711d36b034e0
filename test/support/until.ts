import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, at most `withinMs`. @returns whether it came true. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
