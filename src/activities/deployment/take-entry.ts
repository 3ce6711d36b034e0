import { SlipwayError } from '../../domain/errors.js';
import type { EntryInput } from '../../domain/deployment/steps.js';
import type { Fence } from '../../domain/router/fence.js';
import type { Router } from '../../routers/router.js';
import { shiftEverywhere } from '../serving/shift-everywhere.js';

export interface EntryToTake extends EntryInput {
  readonly backend: string;
  readonly except: readonly string[];
}

/**
 * Writes the entry, with nothing new in it but its generation, on every router instance. Idempotent.
 *
 * @returns the fence for all that the step does afterwards.
 * @throws SUPERSEDED, ROUTER_UNREACHABLE, ROUTER_ENTRY_INVALID
 */
export async function takeEntry(router: Router, { backend, entry, base, except }: EntryToTake): Promise<Fence> {
  const { instances } = await shiftEverywhere(router, { backend, entry, base, except, clearOthers: true });
  for (const one of instances) {
    if (except.includes(one.instance)) continue;
    if (!one.ok) throw new SlipwayError(one.code, `router instance ${one.instance}: ${one.detail}`);
    if (one.outcome === 'conflict' || one.outcome === 'pulled') throw new SlipwayError('SUPERSEDED', `router instance ${one.instance}: ${one.detail}`);
  }
  return { generation: entry.generation, base };
}
