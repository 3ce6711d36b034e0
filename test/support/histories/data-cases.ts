import type { WorkflowHandle } from '@temporalio/client';
import { ulid } from 'ulid';
import { addressOf } from '../../../src/domain/backup/names.js';
import { ASKING_GATE } from '../../../src/domain/deployment/gate.js';
import { backupWorkflowId } from '../../../src/domain/backup/names.js';
import { deploymentWorkflowId } from '../../../src/domain/names.js';
import { type LiveRestore, madeBackup, planOf, startBackup, startRestore } from '../data-runs.js';
import type { Delivery } from '../delivery.js';
import type { HistoryCase } from './cases.js';

const BY = { name: 'ann', roles: ['admin'] };
const KEPT_LONG = { keepOldMs: 600_000, checks: {}, verify: {} };

/** The main paths of the workflows that back data up and bring it back. */
export const DATA_CASES: Readonly<Record<string, HistoryCase>> = {
  'backup-verified': async (delivery) => {
    const live = await startBackup(delivery, planOf(delivery, 'orders'));
    await live.outcome();
    return live.handle;
  },

  'backup-failed': async (delivery) => {
    delivery.data.fail('capture', 'SOURCE_REFUSED');
    const live = await startBackup(delivery, planOf(delivery, 'orders'));
    await live.outcome();
    return live.handle;
  },

  'backup-under-quiesce': async (delivery) => {
    const live = await restoring(delivery, { quiesce: { kind: 'read-only' }, keepOldMs: 0, checks: {}, verify: {} });
    await endedAs(live, 'succeeded');
    return delivery.client.workflow.getHandle(backupWorkflowId({ service: delivery.site, environment: 'test', source: 'orders' }));
  },

  'backupTick-started': (delivery) => executed(delivery, 'backupTick', { plan: planOf(delivery, 'orders') }),

  'verifyBackup-whole': async (delivery) => {
    const plan = planOf(delivery, 'orders');
    const made = await madeBackup(delivery, plan);
    return executed(delivery, 'verifyBackup', { backup: made.id, plan, snapshot: made.snapshot });
  },

  'verifyBackup-unread': async (delivery) => {
    const plan = planOf(delivery, 'orders');
    delivery.data.fail('capture', 'SOURCE_REFUSED');
    const { id, outcome } = await startBackup(delivery, plan);
    await outcome();
    return executed(delivery, 'verifyBackup', { backup: id, plan, snapshot: 'one that is not there' });
  },

  'restoreDrill-proven': async (delivery) => {
    const plan = planOf(delivery, 'orders');
    await madeBackup(delivery, plan);
    const drill = await delivery.stores.drills.request({ id: ulid(), ...addressOf(plan), by: BY });
    return executed(delivery, 'restoreDrill', { drill, plan, by: BY });
  },

  'retention-pruned': async (delivery) => executed(delivery, 'retention', { plan: planOf(delivery, 'orders'), prune: 'now' }),

  'drillTick-started': async (delivery) => {
    const plan = planOf(delivery, 'orders');
    await madeBackup(delivery, plan);
    return executed(delivery, 'drillTick', { plan });
  },

  'deliverNotice-told': (delivery) => executed(delivery, 'deliverNotice', {
    plan: { ...planOf(delivery, 'orders'), notify: { ops: { via: { kind: 'log' }, on: ['backup-failed'] } } }, run: ulid(), kind: 'backup-failed', text: 'it failed',
  }),

  'backup-failed-told': async (delivery) => {
    delivery.data.fail('capture', 'SOURCE_REFUSED');
    const live = await startBackup(delivery, { ...planOf(delivery, 'orders'), notify: { ops: { via: { kind: 'log' }, on: ['backup-failed'] } } });
    await live.outcome();
    return live.handle;
  },

  'restore-succeeded': async (delivery) => {
    const gate = { ...ASKING_GATE, name: 'data-owners' };
    const live = await restoring(delivery, { gate, quiesce: { kind: 'read-only' }, keepOldMs: 0, checks: {}, verify: {} });
    await live.when(({ gates }) => gates.length === 1);
    await live.send('pause');
    await live.send('approve', { gate: 'data-owners' });
    await live.send('resume');
    return endedAs(live, 'succeeded');
  },

  'restore-not-proven': async (delivery) => {
    const live = await restoring(delivery, { keepOldMs: 0, checks: { has: { kind: 'query', sql: 'no such row', timeoutMs: 1_000 } }, verify: {} });
    return endedAs(live, 'failed');
  },

  'restore-swapped-back': async (delivery) => {
    const live = await restoring(delivery, { ...KEPT_LONG, quiesce: { kind: 'read-only' } });
    await live.when(({ phase }) => phase === 'keeping');
    await live.send('abort');
    return endedAs(live, 'rolled-back');
  },

  'restore-resolved': async (delivery) => {
    delivery.data.failAfter('swap', 'SOURCE_REFUSED');
    delivery.data.fail('swapBack', 'SOURCE_REFUSED');
    const live = await restoring(delivery, KEPT_LONG);
    await live.when(({ phase }) => phase === 'needs-attention');
    await live.send('resolve', { live: 'restored' });
    return endedAs(live, 'succeeded');
  },

  'hold-released': async (delivery) => {
    const live = await restoring(delivery, { keepOldMs: 0, checks: {}, verify: {} });
    await endedAs(live, 'succeeded');
    return delivery.client.workflow.getHandle(deploymentWorkflowId('test', delivery.site));
  },

  'canary-protected': async (delivery) => {
    const source = planOf(delivery, 'orders');
    const migrate = { expand: { command: ['true'], timeoutMs: 10_000 }, contract: { command: ['true'], timeoutMs: 10_000 } };
    const live = await delivery.start({ protect: { backups: [source], migrate } });
    const { phase, text } = await live.outcome();
    if (phase !== 'succeeded') throw new Error(text);
    return live.handle;
  },

  'canary-protected-reverted': async (delivery) => {
    const migrate = { expand: { command: ['true'], timeoutMs: 10_000 }, revert: { command: ['true'], timeoutMs: 10_000 } };
    const live = await delivery.start({ protect: { backups: [planOf(delivery, 'orders')], migrate }, steps: [{ number: 1, share: 1_000, bakeMs: 600_000 }] });
    await live.when(({ phase }) => phase === 'progressing');
    await live.send('abort');
    await live.outcome();
    return live.handle;
  },
};

async function restoring(delivery: Delivery, restore: ReturnType<typeof planOf>['source']['restore']): Promise<LiveRestore> {
  const plan = planOf(delivery, 'orders', { restore });
  const backup = await madeBackup(delivery, plan);
  delivery.data.put('order', 'damaged');
  return startRestore(delivery, plan, backup);
}

async function executed(delivery: Delivery, type: string, input: object): Promise<WorkflowHandle> {
  const handle = await delivery.client.workflow.start(type, { taskQueue: delivery.site, workflowId: `${type}-${ulid()}`, args: [input] });
  await handle.result();
  return handle;
}

async function endedAs(live: LiveRestore, phase: string): Promise<WorkflowHandle> {
  const outcome = await live.outcome();
  if (outcome.phase !== phase) throw new Error(`the restore ended ${outcome.phase} (${outcome.text}), not ${phase}`);
  return live.handle;
}
