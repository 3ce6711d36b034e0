import { until } from '../../test/support/until.js';

/** @throws when it does not come true in time */
export async function waitFor(what: string, holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  if (!(await until(holds, withinMs))) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`);
}
