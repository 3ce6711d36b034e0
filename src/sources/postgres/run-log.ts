import type pg from 'pg';
import { stateOf } from './postgres-error.js';

/** What became of the swap of a run. `taken-back`: also one that never was, so that a late attempt does not make it. */
export type SwapState = 'swapped' | 'taken-back';

/** Two that create it at once: one of them fails although it was to be created only if it is not there. */
const CREATED_MEANWHILE = new Set(['23505', '42P07']);

/**
 * The table in the maintenance database that says what was done. Its rows are written in the transaction that does it, so they are the truth
 * also for somebody who never got the answer.
 */
export async function ensureRunLog(client: pg.Client): Promise<void> {
  for (const statement of [
    'CREATE TABLE IF NOT EXISTS public.slipway_swaps (run text PRIMARY KEY, state text NOT NULL, database text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
    'CREATE TABLE IF NOT EXISTS public.slipway_read_only (database oid NOT NULL, run text NOT NULL, before text, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (database, run))',
  ]) {
    try {
      await client.query(statement);
    } catch (error) {
      if (!CREATED_MEANWHILE.has(stateOf(error) ?? '')) throw error;
    }
  }
}

export async function hasRunLog(client: pg.Client): Promise<boolean> {
  const { rows: [row] } = await client.query<{ there: boolean }>(`SELECT to_regclass('public.slipway_swaps') IS NOT NULL AND to_regclass('public.slipway_read_only') IS NOT NULL AS there`);
  return row?.there ?? false;
}

export async function swapState(client: pg.Client, run: string): Promise<SwapState | undefined> {
  return (await client.query<{ state: SwapState }>('SELECT state FROM public.slipway_swaps WHERE run = $1', [run])).rows[0]?.state;
}

/** Once there is neither a copy nor an old one, nothing can be swapped any more. */
export async function forgetSwap(client: pg.Client, run: string): Promise<void> {
  if (await hasRunLog(client)) await client.query('DELETE FROM public.slipway_swaps WHERE run = $1', [run]);
}
