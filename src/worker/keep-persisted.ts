import { setTimeout as sleep } from 'node:timers/promises';
import type { Router } from '../routers/router.js';

export interface KeepPersistedOptions {
  /** Until everything is on the disk. @default 5000 */
  readonly againMs?: number;
  /** From then on: a folder may become unwritable while nothing is deployed. @default 300000 */
  readonly everyMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Has each router write what it holds: at once, so that a folder that cannot be written is known before a deployment needs it, then soon again
 * where that failed, and now and then where it did not. Ends with the signal, never throws.
 */
export async function keepPersisted(routers: readonly Router[], options: KeepPersistedOptions): Promise<void> {
  const { againMs = 5_000, everyMs = 300_000, signal } = options;
  await Promise.all(routers.map(async (router) => {
    while (!signal.aborted) {
      const settled = await isSettled(router);
      await sleep(settled ? everyMs : againMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }));
}

/** Where nobody can know, nothing is tried soon again: it is how the router is set up. */
async function isSettled(router: Router): Promise<boolean> {
  try {
    const { instances } = await router.persist();
    return instances.every((one) => one.ok && one.persistence.persisted !== 'no');
  } catch {
    return false;
  }
}
