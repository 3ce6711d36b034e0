import type { DeploymentRecord } from '../../domain/deployment/record.js';
import type { Notice } from '../../notifiers/notifier.js';
import type { UnendedDeployment } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import type { FoundRun } from './deployment-runs.js';

/** One that nobody has seen start may be between its transaction and its start for as long. */
const STARTING_MS = 60_000;

/** A run that ended by itself has somebody at work on its record. */
const RECORDING_MS = 3_600_000;

/**
 * Ends rows whose run is gone, and tells those whom their plan names. One that cannot be judged (no server, no database) is left for the
 * next sweep. Rows and running deployments are each read as a whole, so that a sweep of thousands costs a few calls; only a row without a run is
 * looked at by itself.
 *
 * @returns how many were ended.
 */
export const sweepLost = (deps: AppDeps) => async (): Promise<number> => {
  const rows = (await deps.stores.deployments.unended()).filter(({ accepted, ageMs }) => accepted || ageMs > STARTING_MS);
  if (rows.length === 0) return 0;
  const running = await deps.runs.running();
  let lost = 0;
  for (const row of rows) if (!running.has(row.id)) lost += (await sweep(deps, row)) ? 1 : 0;
  return lost;
};

async function sweep(deps: AppDeps, row: UnendedDeployment): Promise<boolean> {
  const run = await deps.runs.describe(row.environment, row.service);
  const text = lostBecause(row, run, deps.now());
  if (text === undefined || (run?.deployment !== row.id && (await deps.runs.findRunning(row.id)))) return false;
  if (!(await deps.stores.deployments.lose(row.id, text))) return false;
  deps.log.warn({ deployment: row.id, service: row.service, environment: row.environment }, text);
  const record = await deps.stores.deployments.get(row.id);
  if (record) await deps.tell(record.plan.notify, noticeOf(deps, record, text));
  return true;
}

function noticeOf({ now }: AppDeps, { id, service, environment, version }: DeploymentRecord, text: string): Notice {
  return { kind: 'lost', deployment: id, service, environment, version, text, at: new Date(now()).toISOString() };
}

/** @returns undefined while the run lives, or may still be recorded. */
function lostBecause(row: UnendedDeployment, run: FoundRun | undefined, now: number): string | undefined {
  if (run?.deployment !== row.id) {
    return row.accepted ? 'Its run is gone: another one took its place or its history was deleted.' : 'It was requested but never started.';
  }
  if (run.state === 'running') return undefined;
  if (run.state === 'gone') return 'Its run was terminated, timed out or failed in Temporal.';
  const closedMs = run.closedAt === null ? now : Date.parse(run.closedAt);
  return now - closedMs > RECORDING_MS ? 'Its run ended, but its outcome was never recorded.' : undefined;
}
