import type { ActivityOptions } from '@temporalio/workflow';
import type { BackupPlan } from '../../domain/backup/plan.js';
import type { BackupSteps } from '../../domain/backup/steps.js';
import { heavyQueue, swapQueue, trafficQueue } from '../../domain/task-queues.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const PATIENT = { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 5 * SECOND };
/** Whoever waits for a lease or a server to come back looks again this often. */
const HEAVY = { initialInterval: SECOND, backoffCoefficient: 2, maximumInterval: 20 * SECOND };
/** How soon a dead worker is noticed. */
const HEARTBEAT = 10 * SECOND;
/** Renames and their like. */
const SHORT = 5 * MINUTE;
/** Of a big repository it takes hours; nobody waits for it. */
const PRUNE = 6 * HOUR;
const PRUNE_ATTEMPTS = 3;
/** With the pauses of `HEAVY`, five minutes of failing at once. */
const SHORT_ATTEMPTS = 20;
/** Before a short step that finds no worker, or no free slot: writes may be stopped, so it is not given up for having waited. */
const QUEUED = HOUR;

/** Time limits, retries and queue of each step. All of them change something outside, so a cancel is waited for. */
export function backupOptions(name: keyof BackupSteps, plan: BackupPlan): ActivityOptions {
  return { cancellationType: 'WAIT_CANCELLATION_COMPLETED', ...profileOf(name, plan) };
}

function profileOf(name: keyof BackupSteps, { site, source: { timeoutMs, restore } }: BackupPlan): ActivityOptions {
  // The queue of the workflow itself.
  const database: ActivityOptions = { retry: PATIENT, startToCloseTimeout: 10 * SECOND };
  const heavy = (limitMs: number): ActivityOptions => ({
    taskQueue: heavyQueue(site), retry: HEAVY, heartbeatTimeout: HEARTBEAT, startToCloseTimeout: limitMs, scheduleToCloseTimeout: limitMs,
  });
  const short = (limitMs: number): ActivityOptions => ({
    taskQueue: swapQueue(site), retry: { ...HEAVY, maximumAttempts: SHORT_ATTEMPTS }, heartbeatTimeout: HEARTBEAT, startToCloseTimeout: limitMs,
    scheduleToCloseTimeout: limitMs + QUEUED,
  });
  switch (name) {
    case 'requestBackup': case 'skipBackup': case 'claimBackup': case 'recordBackup': case 'recordVerified': case 'recordUnread': case 'claimRestore': case 'recordRestore':
    case 'requestDrill': case 'skipDrill': case 'openDrill': case 'recordDrill': return database;
    case 'tell': return { retry: PATIENT, startToCloseTimeout: 30 * SECOND, scheduleToCloseTimeout: 5 * MINUTE };
    case 'capture': case 'verifyBackup': case 'copy': case 'prove': return heavy(timeoutMs);
    case 'retain': return heavy(Math.min(timeoutMs, HOUR));
    case 'prune': return { ...heavy(PRUNE), retry: { ...HEAVY, maximumAttempts: PRUNE_ATTEMPTS }, scheduleToCloseTimeout: PRUNE_ATTEMPTS * PRUNE };
    case 'quiesce': case 'unquiesce': return short(quiesceLimitMs(restore.quiesce));
    case 'swap': case 'swapBack': case 'dropCopy': case 'dropOld': return short(SHORT);
    case 'verifyApplication': return { taskQueue: trafficQueue(site), retry: PATIENT, heartbeatTimeout: HEARTBEAT, startToCloseTimeout: 2 * MINUTE, scheduleToCloseTimeout: 3 * MINUTE };
  }
}

/** How long stopping writes, or allowing them, may take. The program ends by its own timeout; attempts beside it are for workers that die. */
export function quiesceLimitMs(quiesce: BackupPlan['source']['restore']['quiesce']): number {
  return quiesce?.kind === 'command' ? 2 * quiesce.timeoutMs + MINUTE : SHORT;
}
