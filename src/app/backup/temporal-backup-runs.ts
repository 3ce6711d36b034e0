import type { Workflow } from '@temporalio/client';
import { addressOf, backupWorkflowId, drillWorkflowId, noticeWorkflowId, pathOf, restoreWorkflowId, retentionWorkflowId, verifyWorkflowId } from '../../domain/backup/names.js';
import type { BackupStatus } from '../../domain/backup/backup-status.js';
import type { BackupPlan, SourceAddress } from '../../domain/backup/plan.js';
import type { RestoreStatus } from '../../domain/backup/restore-status.js';
import { backupStatusQuery, heldUpdate, restoreStatusQuery, restoreUpdate } from '../../workflows/backup/messages.js';
import { SharedReadings } from '../shared-readings.js';
import { mapControlFailure } from '../temporal/temporal-failures.js';
import { tryingOf } from '../temporal/trying.js';
import { type FoundWorkflow, memoText, temporalServer, type TemporalServerOptions } from '../temporal/temporal-server.js';
import type { BackupRunAddress, BackupRunKind, BackupRuns, BackupStart } from './backup-runs.js';
import { lockedOptions, type LockedRun } from './temporal-backup-options.js';

const WORKFLOW_IDS: Readonly<Record<BackupRunKind, (address: SourceAddress) => string>> = {
  backup: backupWorkflowId, restore: restoreWorkflowId, drill: drillWorkflowId,
};
const PREFIXES: Readonly<Record<BackupRunKind, string>> = { backup: 'backup/', restore: 'restore/', drill: 'restore-drill/' };
const toRestore = mapControlFailure({ ended: 'RESTORE_ENDED', name: 'restore' });

/** Backups, restores and drills as Temporal workflows. */
export function createTemporalBackupRuns(options: TemporalServerOptions): BackupRuns {
  const server = temporalServer(options);
  const handleOf = (kind: BackupRunKind, address: SourceAddress) => server.client.workflow.getHandle(WORKFLOW_IDS[kind](address));
  const openRun = (kind: BackupRunKind, address: SourceAddress) => server.openRuns.getHandle(WORKFLOW_IDS[kind](address));
  const backups = new SharedReadings<BackupStatus | undefined>();
  const restores = new SharedReadings<RestoreStatus | undefined>();
  const start = async <Input extends { readonly plan: BackupPlan }>(type: string, run: LockedRun, input: Input): Promise<BackupStart> =>
    resultOf(await server.startLocked<Workflow>(type, lockedOptions(run, input), (holder) => memoText(holder, run.kind) === run.run), run.kind);
  return {
    startBackup: (input) => start('backup', runOf('backup', input.backup, input.plan, 'back up'), input),
    startRestore: (input) => start('restore', runOf('restore', input.restore, input.plan, input.plan.dryRun ? 'try the restore of' : 'restore'), input),
    startDrill: (input) => start('restoreDrill', runOf('drill', input.drill, input.plan, 'drill the restore of'), input),
    async startVerify(input) {
      const run = { ...runOf('backup', input.backup, input.plan, 'read back'), workflowId: verifyWorkflowId(input.backup) };
      await server.startLocked<Workflow>('verifyBackup', lockedOptions(run, input), ({ state }) => state === 'running');
    },
    async startNotice(telling) {
      const { plan, run, kind } = telling;
      const address = addressOf(plan);
      const notice = { ...address, kind: 'notice', run, workflowId: noticeWorkflowId(run, kind), summary: `notify: ${kind} of ${pathOf(address)}` };
      await server.startLocked<Workflow>('deliverNotice', lockedOptions(notice, telling), ({ state }) => state === 'running');
    },
    async startRetention(input) {
      const address = addressOf(input.plan);
      const run = { ...address, kind: 'retention', run: pathOf(address), workflowId: retentionWorkflowId(address), summary: `retention of ${pathOf(address)}` };
      await server.startLocked<Workflow>('retention', lockedOptions(run, input), ({ state }) => state === 'running');
    },
    held: (address) => server.within(() => handleOf('restore', address).executeUpdate(heldUpdate, { updateId: `held-${address.run}` })).catch(toRestore),
    control: (address, kind, message) =>
      server.within(() => handleOf('restore', address).executeUpdate(restoreUpdate(kind), { args: [message], updateId: message.id })).catch(toRestore),
    // The answer of another run under the same lock is silence.
    async backupStatus(address) {
      const status = await backups.read(pathOf(address), () => server.asking(() => openRun('backup', address).query(backupStatusQuery)));
      return status?.backup === address.run ? status : undefined;
    },
    async restoreStatus(address) {
      const status = await restores.read(pathOf(address), () => server.asking(() => openRun('restore', address).query(restoreStatusQuery)));
      return status?.restore === address.run ? status : undefined;
    },
    async trying(kind, address) {
      const workflowId = kind === 'verify' ? verifyWorkflowId(address.run) : WORKFLOW_IDS[kind](address);
      const found = await server.asking(() => server.client.workflow.getHandle(workflowId).describe());
      const isOurs = found?.memo?.[kind === 'verify' ? 'backup' : kind] === address.run;
      return found && isOurs ? tryingOf(found.raw.pendingActivities ?? []) : null;
    },
    async describe(kind, address) {
      const found = await server.describe(WORKFLOW_IDS[kind](address));
      return found && { run: memoText(found, kind), state: found.state, closedAt: found.closedAt };
    },
    async findRunning(kind, run) {
      const workflowId = await server.findRunning(run, PREFIXES[kind]);
      return workflowId === undefined ? undefined : addressOfPath(workflowId.slice(PREFIXES[kind].length), run);
    },
  };
}

function runOf(kind: BackupRunKind, run: string, plan: BackupPlan, verb: string): LockedRun {
  const address = addressOf(plan);
  return { ...address, kind, run, workflowId: WORKFLOW_IDS[kind](address), summary: `${verb} ${pathOf(address)}` };
}

function resultOf(holder: 'new' | 'same' | FoundWorkflow | undefined, kind: string): BackupStart {
  if (typeof holder === 'string') return { start: holder };
  return { start: 'other', live: holder ? memoText(holder, kind) : 'unknown' };
}

/** Of `<environment>/<service>/<source>`. */
function addressOfPath(path: string, run: string): BackupRunAddress | undefined {
  const match = /^([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  return match ? { run, environment: match[1] ?? '', service: match[2] ?? '', source: match[3] ?? '' } : undefined;
}
