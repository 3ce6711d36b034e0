import { messageOf } from '../../domain/errors.js';
import type { AppDeps } from '../../app/deps.js';
import { keeperProblem } from '../../app/keeper/keeper-health.js';

export interface Readiness {
  readonly ready: boolean;
  /** By part: `database`, `temporal`, `workers`. */
  readonly missing: Readonly<Record<string, string>>;
  /** What does not do its work and holds no deployment up, by part: `keeper`. */
  readonly degraded: Readonly<Record<string, string>>;
}

/** Whether a deployment could be started and carried out now; if not, what is missing. */
export async function readReadiness(deps: Pick<AppDeps, 'stores' | 'runs' | 'site'>): Promise<Readiness> {
  const [database, { temporal, workers }, keeper] = await Promise.all([databaseProblem(deps.stores), deps.runs.readiness(), keeperProblem(deps).catch(unknownWithout)]);
  const missing = problemsIn({ database, temporal, workers });
  return { ready: Object.keys(missing).length === 0, missing, degraded: problemsIn({ keeper }) };
}

function problemsIn(parts: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parts).filter((part): part is [string, string] => part[1] !== null));
}

function unknownWithout(error: unknown): string {
  return `whether the keeper looks after the environments cannot be told: ${messageOf(error)}`;
}

async function databaseProblem(stores: AppDeps['stores']): Promise<string | null> {
  try {
    await stores.ping();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
