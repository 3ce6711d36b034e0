import type { WorkflowHandle } from '@temporalio/client';
import { ulid } from 'ulid';
import { backupWorkflowId, restoreWorkflowId } from '../../src/domain/backup/names.js';
import type { BackupPlan, BackupTrigger, RestorePlan } from '../../src/domain/backup/plan.js';
import type { BackupRecord } from '../../src/domain/backup/record.js';
import type { RestoreControlKind, RestoreMessage } from '../../src/domain/backup/restore-message.js';
import type { RestoreStatus } from '../../src/domain/backup/restore-status.js';
import type { BackupOutcome, HeldAnswer, RestoreOutcome } from '../../src/workflows/backup/input.js';
import { heldUpdate, restoreStatusQuery, restoreUpdate } from '../../src/workflows/backup/messages.js';
import { aBackupPlan, aRestorePlan, aSourceSpec } from './backup-plans.js';
import type { Delivery } from './delivery.js';
import { until } from './until.js';

const BY = { name: 'ann', roles: ['admin'] };

/** A source of its own for each test: locks are per source. */
export function planOf({ site }: Delivery, source: string, over: Partial<BackupPlan['source']> = {}): BackupPlan {
  return aBackupPlan({ service: site, environment: 'test', site, source: aSourceSpec({ name: source, at: { kind: 'postgres', url: { secret: 'ORDERS' } }, ...over }) });
}

export interface LiveBackup {
  readonly id: string;
  readonly handle: WorkflowHandle;
  outcome(): Promise<BackupOutcome>;
  record(): Promise<BackupRecord | undefined>;
}

export async function startBackup({ client, site, stores }: Delivery, plan: BackupPlan, trigger: BackupTrigger = 'request'): Promise<LiveBackup> {
  const id = ulid();
  const { service, environment, source } = plan;
  await stores.backups.request({ id, service, environment, source: source.name, repository: source.repository, trigger, by: BY, plan });
  const handle = await client.workflow.start('backup', {
    taskQueue: site, workflowId: backupWorkflowId({ service, environment, source: source.name }), memo: { backup: id }, args: [{ backup: id, plan, trigger, by: BY }],
  });
  return { id, handle, outcome: async () => (await handle.result()) as BackupOutcome, record: () => stores.backups.get(id) };
}

/** A verified one, to restore. @throws when it ends otherwise */
export async function madeBackup(delivery: Delivery, plan: BackupPlan): Promise<BackupRecord> {
  const live = await startBackup(delivery, plan);
  const { phase, text } = await live.outcome();
  const record = await live.record();
  if (phase !== 'succeeded' || !record) throw new Error(text);
  return record;
}

export interface LiveRestore {
  readonly id: string;
  readonly handle: WorkflowHandle;
  held(): Promise<HeldAnswer>;
  status(): Promise<RestoreStatus>;
  when(condition: (status: RestoreStatus) => boolean): Promise<RestoreStatus>;
  send(kind: RestoreControlKind, over?: Partial<RestoreMessage>): Promise<RestoreStatus>;
  outcome(): Promise<RestoreOutcome>;
}

export async function startRestore({ client, site, stores }: Delivery, { source, ...plan }: BackupPlan, backup: BackupRecord, over: Partial<RestorePlan> = {}): Promise<LiveRestore> {
  const id = ulid();
  const { snapshot, fingerprint, at } = backup;
  if (snapshot === null || fingerprint === null || at === null) throw new Error('nothing was stored that could be restored');
  const full = aRestorePlan({ ...plan, source, backup: { id: backup.id, snapshot, repository: backup.repository, at, fingerprint }, holds: [plan.service], ...over });
  await stores.restores.request({ id, service: plan.service, environment: plan.environment, source: source.name, backup: backup.id, plan: full, by: BY });
  const handle = await client.workflow.start('restore', {
    taskQueue: site, workflowId: restoreWorkflowId({ ...plan, source: source.name }), memo: { restore: id }, args: [{ restore: id, plan: full, by: BY }],
  });
  let messages = 0;
  const status = (): Promise<RestoreStatus> => handle.query(restoreStatusQuery);
  return {
    id, handle, status,
    held: () => handle.executeUpdate(heldUpdate),
    when: async (condition) => {
      let last = await status();
      if (!(await until(async () => condition(last = await status()), 30_000, 60))) throw new Error(`the status never came: ${JSON.stringify(last, null, 1)}`);
      return last;
    },
    send: (kind, message = {}) => {
      messages += 1;
      return handle.executeUpdate(restoreUpdate(kind), { args: [{ id: `t${messages}`, restore: id, by: BY, ...message }] });
    },
    outcome: async () => (await handle.result()) as RestoreOutcome,
  };
}
