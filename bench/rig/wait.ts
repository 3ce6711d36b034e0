import { until } from '../../test/support/until.js';

/** A look that costs much is better taken less often. @throws when it does not come true in time */
export async function waitFor(what: string, holds: () => boolean | Promise<boolean>, withinMs = 30_000, everyMs?: number): Promise<void> {
  if (!(await until(holds, withinMs, everyMs))) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`);
}
