import { messageOf } from '../../domain/errors.js';
import type { AppDeps } from '../../app/deps.js';

export interface Readiness {
  readonly ready: boolean;
  /** By part: `database`, `temporal`, `workers`. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Whether a deployment could be started and carried out now; if not, what is missing. */
export async function readReadiness({ stores, runs }: Pick<AppDeps, 'stores' | 'runs'>): Promise<Readiness> {
  const [database, { temporal, workers }] = await Promise.all([databaseProblem(stores), runs.readiness()]);
  const missing = Object.fromEntries(Object.entries({ database, temporal, workers }).filter((part): part is [string, string] => part[1] !== null));
  return { ready: Object.keys(missing).length === 0, missing };
}

async function databaseProblem(stores: AppDeps['stores']): Promise<string | null> {
  try {
    await stores.ping();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
