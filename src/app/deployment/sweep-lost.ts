import type { DeploymentRecord } from '../../domain/deployment/record.js';
import type { Notice } from '../../notifiers/notifier.js';
import type { AppDeps } from '../deps.js';
import type { FoundRun } from './deployment-runs.js';

/** A younger row may be between its transaction and its start. */
const YOUNG_MS = 60_000;

/** A run that ended by itself has somebody at work on its record. */
const RECORDING_MS = 3_600_000;

/**
 * Ends rows whose run is gone, and tells those whom their plan names. One that cannot be judged (no server, no database) is left for the
 * next sweep.
 *
 * @returns how many were ended.
 */
export const sweepLost = (deps: AppDeps) => async (): Promise<number> => {
  const records = await deps.stores.deployments.unfinished(YOUNG_MS);
  let lost = 0;
  for (const record of records) lost += (await sweep(deps, record)) ? 1 : 0;
  return lost;
};

async function sweep(deps: AppDeps, record: DeploymentRecord): Promise<boolean> {
  const run = await deps.runs.describe(record.environment, record.service);
  const text = lostBecause(record, run, deps.now());
  if (text === undefined || (run?.deployment !== record.id && (await deps.runs.findRunning(record.id)))) return false;
  if (!(await deps.stores.deployments.lose(record.id, text))) return false;
  deps.log.warn({ deployment: record.id, service: record.service, environment: record.environment }, text);
  await deps.tell(record.plan.notify, noticeOf(deps, record, text));
  return true;
}

function noticeOf({ now }: AppDeps, { id, service, environment, version }: DeploymentRecord, text: string): Notice {
  return { kind: 'lost', deployment: id, service, environment, version, text, at: new Date(now()).toISOString() };
}

/** @returns undefined while the run lives, or may still be recorded. */
function lostBecause(record: DeploymentRecord, run: FoundRun | undefined, now: number): string | undefined {
  if (run?.deployment !== record.id) {
    return record.accepted ? 'Its run is gone: another one took its place or its history was deleted.' : 'It was requested but never started.';
  }
  if (run.state === 'running') return undefined;
  if (run.state === 'gone') return 'Its run was terminated, timed out or failed in Temporal.';
  const closedMs = run.closedAt === null ? now : Date.parse(run.closedAt);
  return now - closedMs > RECORDING_MS ? 'Its run ended, but its outcome was never recorded.' : undefined;
}
