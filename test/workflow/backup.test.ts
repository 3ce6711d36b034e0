import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { leaseNameOf } from '../../src/activities/backup/lease.js';
import { createTemporalBackupRuns } from '../../src/app/backup/temporal-backup-runs.js';
import { addressOf, backupWorkflowId, drillWorkflowId, noticeWorkflowId, retentionWorkflowId } from '../../src/domain/backup/names.js';
import { SlipwayError } from '../../src/domain/errors.js';
import type { BackupPlan } from '../../src/domain/backup/plan.js';
import type { Damage } from '../../src/domain/backup/manifest.js';
import { createFakeEngine, type FakeEngine } from '../../src/engines/fake/fake-engine.js';
import { madeBackup, planOf, startBackup } from '../support/data-runs.js';
import { createDelivery, type Delivery } from '../support/delivery.js';
import { until } from '../support/until.js';

const LAST_ONE = { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const BY = { name: 'schedule', roles: [] };

describe('a backup', () => {
  let delivery: Delivery;
  let engine: FakeEngine;
  /** What reading back finds beside what is there. */
  let rot: readonly Damage[] = [];
  beforeAll(async () => {
    engine = createFakeEngine({ name: 'vault' });
    delivery = await createDelivery({
      engine: { ...engine, verify: async (...given) => [...(await engine.verify(...given)), ...rot] },
    });
  }, 60_000);
  afterAll(() => delivery.close());

  /** What a backup left to do afterwards is done. */
  const retained = (plan: BackupPlan): Promise<unknown> => delivery.client.workflow.getHandle(retentionWorkflowId(addressOf(plan))).result();

  it('counts once its bytes were read back', async () => {
    const live = await startBackup(delivery, planOf(delivery, 'plain'));
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded', code: null });
    expect(await live.record()).toMatchObject({ state: 'verified', snapshot: expect.any(String), verifiedAt: expect.any(String), fingerprint: { digest: expect.any(String) }, status: { phase: 'succeeded' } });
  });

  it('shows phase and what it stored in the query status', async () => {
    const live = await startBackup(delivery, planOf(delivery, 'shown'));
    await live.outcome();
    expect(await live.handle.query('status')).toMatchObject({ backup: live.id, phase: 'succeeded', tookMs: { capture: expect.any(Number), verify: expect.any(Number) } });
  });

  it('that reads back otherwise is damaged, is told, and is never the newest', async () => {
    const good = await madeBackup(delivery, planOf(delivery, 'rotten'));
    rot = [{ file: 'orders.json', text: 'orders.json: other bytes' }];
    try {
      const live = await startBackup(delivery, planOf(delivery, 'rotten'));
      expect(await live.outcome()).toMatchObject({ phase: 'damaged', code: 'BACKUP_DAMAGED' });
      expect(await live.record()).toMatchObject({ state: 'damaged', damage: [{ file: 'orders.json' }] });
      expect(delivery.notifier.delivered.map(({ kind, run }) => [kind, run])).toContainEqual(['backup-damaged', live.id]);
    } finally {
      rot = [];
    }
    const { service, environment } = planOf(delivery, 'rotten');
    expect((await delivery.stores.backups.newestVerified({ service, environment, source: 'rotten' }))?.id).toBe(good.id);
  });

  it('that fails stores nothing, says why, and is told', async () => {
    delivery.data.fail('capture', 'SOURCE_REFUSED');
    const live = await startBackup(delivery, planOf(delivery, 'refused'));
    expect(await live.outcome()).toMatchObject({ phase: 'failed', code: 'SOURCE_REFUSED' });
    expect(await live.record()).toMatchObject({ state: 'failed', snapshot: null });
    expect(delivery.notifier.delivered).toContainEqual(expect.objectContaining({ kind: 'backup-failed', run: live.id, text: expect.stringContaining('SOURCE_REFUSED') }));
  });

  it('waits out what passes', async () => {
    delivery.data.fail('capture', 'SOURCE_UNREACHABLE');
    const live = await startBackup(delivery, planOf(delivery, 'unreachable'));
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
  });

  it('is seen to try what failed again, with the reason', async () => {
    delivery.data.fail('capture', 'SOURCE_UNREACHABLE');
    const held = delivery.data.holdNext('capture');
    const plan = planOf(delivery, 'tried');
    const live = await startBackup(delivery, plan);
    await held.arrived;
    const runs = createTemporalBackupRuns({ client: delivery.client, queryTimeoutMs: 10_000 });
    const trying = async () => runs.trying('backup', { service: plan.service, environment: plan.environment, source: 'tried', run: live.id });
    expect(await trying()).toEqual({ step: 'capture', attempt: expect.any(Number), code: 'SOURCE_UNREACHABLE', text: expect.stringContaining('capture'), nextAt: null, until: expect.any(String) });
    held.release();
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(await trying()).toBeNull();
  });

  it('lets go what the rules keep no longer, and never the newest verified one', async () => {
    const plan = planOf(delivery, 'many', { keep: { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 } });
    const first = await madeBackup(delivery, plan);
    const second = await madeBackup(delivery, plan);
    expect((await delivery.stores.backups.get(first.id))?.state).toBe('forgotten');
    expect((await delivery.stores.backups.get(second.id))?.state).toBe('verified');
  });

  it('keeps what is under legal hold', async () => {
    const plan = planOf(delivery, 'held', { keep: { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 } });
    const first = await madeBackup(delivery, plan);
    await delivery.stores.backups.hold(first.id, { by: 'ann', reason: 'audit', at: new Date().toISOString() }, { actor: 'ann', action: 'backup.hold', subject: first.id, detail: {} });
    await madeBackup(delivery, plan);
    expect((await delivery.stores.backups.get(first.id))?.state).toBe('verified');
  });

  it('does not wait for somebody else who works on the repository: retention goes on by itself when that has ended', async () => {
    const plan = planOf(delivery, 'beside', { keep: LAST_ONE });
    const first = await madeBackup(delivery, plan);
    await retained(plan);
    const lease = await delivery.stores.leases.acquire({ name: leaseNameOf(engine), mode: 'shared', holder: 'another backup', ttlMs: 60_000 });
    const live = await startBackup(delivery, plan);
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect((await live.record())?.status?.notes).toContainEqual(expect.stringContaining('another backup'));
    expect((await delivery.stores.backups.get(first.id))?.state).toBe('verified');
    if ('token' in lease) await delivery.stores.leases.release(lease.token);
    expect(await until(async () => (await delivery.stores.backups.get(first.id))?.state === 'forgotten', 30_000)).toBe(true);
  }, 60_000);

  it('that finds the repository full makes room for the next one', async () => {
    const plan = planOf(delivery, 'full', { keep: LAST_ONE });
    const [first, second] = [await madeBackup(delivery, { ...plan, source: { ...plan.source, keep: { ...LAST_ONE, last: 2 } } }), await madeBackup(delivery, { ...plan, source: { ...plan.source, keep: { ...LAST_ONE, last: 2 } } })];
    await retained(plan);
    const prunes = () => engine.faults.calls.filter((call) => call === 'prune').length;
    const before = prunes();
    engine.faults.fail('store', 'REPOSITORY_FULL');
    expect(await (await startBackup(delivery, plan)).outcome()).toMatchObject({ phase: 'failed', code: 'REPOSITORY_FULL' });
    await retained(plan);
    expect(await Promise.all([first, second].map(async ({ id }) => (await delivery.stores.backups.get(id))?.state))).toEqual(['forgotten', 'verified']);
    expect(prunes()).toBe(before + 1);
  }, 60_000);

  it('made before a restore lets nothing go', async () => {
    const plan = planOf(delivery, 'safety', { keep: LAST_ONE });
    const first = await madeBackup(delivery, plan);
    const second = await madeBackup(delivery, { ...plan, source: { ...plan.source, keep: { ...LAST_ONE, last: 2 } } });
    expect(await (await startBackup(delivery, plan, 'safety')).outcome()).toMatchObject({ phase: 'succeeded' });
    expect(await Promise.all([first, second].map(async ({ id }) => (await delivery.stores.backups.get(id))?.state))).toEqual(['verified', 'verified']);
  });

  it('stops when it is cancelled from the Web UI', async () => {
    const held = delivery.data.holdNext('capture');
    const live = await startBackup(delivery, planOf(delivery, 'cancelled'));
    await held.arrived;
    await live.handle.cancel();
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'CANCELLED' });
    expect(await live.record()).toMatchObject({ state: 'failed' });
  });

  it('that fails is told to a receiver who was away, and the next one does not wait for that', async () => {
    const plan = { ...planOf(delivery, 'untold'), notify: { ops: { via: { kind: 'log' as const }, on: ['backup-failed', 'backup-succeeded'] } } };
    delivery.notifier.become('down');
    try {
      delivery.data.fail('capture', 'SOURCE_REFUSED');
      const live = await startBackup(delivery, plan);
      expect(await live.outcome()).toMatchObject({ phase: 'failed' });
      const told = () => delivery.notifier.delivered.filter(({ kind, run }) => kind === 'backup-failed' && run === live.id);
      await madeBackup(delivery, plan);
      expect(told()).toEqual([]);
      delivery.notifier.become('well');
      await delivery.client.workflow.getHandle(noticeWorkflowId(live.id, 'backup-failed')).result();
      expect(told()).toHaveLength(1);
    } finally {
      delivery.notifier.become('well');
    }
  }, 90_000);

  it('is told once to each who asked, and whoever refuses for good fails the run that tells', async () => {
    const receiver = { via: { kind: 'log' as const }, on: ['backup-damaged'] };
    const telling = { plan: { ...planOf(delivery, 'apart'), notify: { one: receiver, other: receiver, quiet: { ...receiver, on: [] } } }, run: ulid(), kind: 'backup-damaged', text: 'bad' };
    await delivery.client.workflow.execute('deliverNotice', { taskQueue: delivery.site, workflowId: noticeWorkflowId(telling.run, telling.kind), args: [telling] });
    expect(delivery.notifier.delivered.filter(({ run }) => run === telling.run)).toHaveLength(2);
    const again = { ...telling, run: ulid() };
    delivery.notifier.become('refusing');
    try {
      const refused = delivery.client.workflow.execute('deliverNotice', { taskQueue: delivery.site, workflowId: noticeWorkflowId(again.run, again.kind), args: [again] });
      await expect(refused).rejects.toThrow();
    } finally {
      delivery.notifier.become('well');
    }
  });

  it('of a schedule is written as one that was requested, and skipped while another runs', async () => {
    const plan = planOf(delivery, 'ticking');
    const held = delivery.data.holdNext('capture');
    const tick = (): Promise<unknown> => delivery.client.workflow.execute('backupTick', { taskQueue: delivery.site, workflowId: `tick-${ulid()}`, args: [{ plan }] });
    const first = (await tick()) as { backup: string; skipped: boolean };
    await held.arrived;
    const second = (await tick()) as { backup: string; skipped: boolean };
    held.release();
    expect([first.skipped, second.skipped]).toEqual([false, true]);
    expect(await delivery.stores.backups.get(second.backup)).toMatchObject({ state: 'skipped', trigger: 'schedule', by: BY });
    await delivery.client.workflow.getHandle(backupWorkflowId({ ...plan, source: 'ticking' })).result();
    expect(await delivery.stores.backups.get(first.backup)).toMatchObject({ state: 'verified', trigger: 'schedule' });
  });

  it('that was read back again and is damaged by now is marked and told', async () => {
    const plan = planOf(delivery, 'later');
    const made = await madeBackup(delivery, plan);
    engine.damage(made.snapshot ?? '', 'flipped');
    await delivery.client.workflow.execute('verifyBackup', { taskQueue: delivery.site, workflowId: `verify-${made.id}`, args: [{ backup: made.id, plan, snapshot: made.snapshot }] });
    expect(await delivery.stores.backups.get(made.id)).toMatchObject({ state: 'damaged' });
    expect(await until(async () => delivery.notifier.delivered.some(({ kind, run }) => kind === 'backup-damaged' && run === made.id))).toBe(true);
  });
});

describe('a backup that cannot be read back again', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    const engine = createFakeEngine({ name: 'vault' });
    let readings = 0;
    delivery = await createDelivery({
      engine: { ...engine, verify: async (...given) => {
        readings += 1;
        if (readings > 1) throw new SlipwayError('REPOSITORY_PASSWORD_WRONG', 'wrong password');
        return engine.verify(...given);
      } },
    });
  }, 60_000);
  afterAll(() => delivery.close());

  it('stays what it was, says why, and that is told', async () => {
    const plan = planOf(delivery, 'locked');
    const made = await madeBackup(delivery, plan);
    const outcome = await delivery.client.workflow.execute('verifyBackup', { taskQueue: delivery.site, workflowId: `verify-${made.id}`, args: [{ backup: made.id, plan, snapshot: made.snapshot }] });
    expect(outcome).toEqual({ damage: [], failure: { code: 'REPOSITORY_PASSWORD_WRONG', text: 'wrong password' } });
    expect(await delivery.stores.backups.get(made.id)).toMatchObject({ state: 'verified', verifiedAt: made.verifiedAt, checkFailure: { code: 'REPOSITORY_PASSWORD_WRONG', text: 'wrong password', at: expect.any(String) } });
    const told = () => delivery.notifier.delivered.find(({ kind, run }) => kind === 'verify-failed' && run === made.id);
    expect(await until(async () => told() !== undefined, 30_000)).toBe(true);
    expect(told()?.text).toContain('REPOSITORY_PASSWORD_WRONG');
  });
});

describe('a drill', () => {
  let delivery: Delivery;
  beforeAll(async () => { delivery = await createDelivery({ engine: createFakeEngine({ name: 'vault' }) }); }, 60_000);
  afterAll(() => delivery.close());

  const drill = async (source: string): Promise<{ drill: string; proven: boolean; text: string }> => {
    const plan = planOf(delivery, source);
    const id = await delivery.stores.drills.request({ id: ulid(), ...addressOf(plan), by: BY });
    const outcome: unknown = await delivery.client.workflow.execute('restoreDrill', { taskQueue: delivery.site, workflowId: `drill-${id}`, args: [{ drill: id, plan, by: BY }] });
    return outcome as { drill: string; proven: boolean; text: string };
  };

  it('of a schedule has the lock that those of people have, and is skipped while another runs', async () => {
    const plan = planOf(delivery, 'drilled');
    await madeBackup(delivery, plan);
    const held = delivery.data.holdNext('fingerprint');
    const tick = (): Promise<unknown> => delivery.client.workflow.execute('drillTick', { taskQueue: delivery.site, workflowId: `tick-${ulid()}`, args: [{ plan }] });
    const first = (await tick()) as { drill: string; skipped: boolean };
    await held.arrived;
    const second = (await tick()) as { drill: string; skipped: boolean };
    held.release();
    expect([first.skipped, second.skipped]).toEqual([false, true]);
    expect(await delivery.stores.drills.get(second.drill)).toMatchObject({ proven: null, by: BY, endedAt: expect.any(String), text: expect.stringContaining('running') });
    await delivery.client.workflow.getHandle(drillWorkflowId(addressOf(plan))).result();
    expect(await delivery.stores.drills.get(first.drill)).toMatchObject({ proven: true, by: BY });
  });

  it('restores the newest verified backup into scratch, proves it, drops it, and touches nothing that is live', async () => {
    const made = await madeBackup(delivery, planOf(delivery, 'exercised'));
    delivery.data.put('since', 'then');
    const { drill: id, proven } = await drill('exercised');
    expect(proven).toBe(true);
    expect(await delivery.stores.drills.get(id)).toMatchObject({ backup: made.id, proven: true, endedAt: expect.any(String) });
    expect((await delivery.stores.backups.get(made.id))?.provenAt).toEqual(expect.any(String));
    expect([delivery.data.live()['since'], delivery.data.copy(id)]).toEqual(['then', undefined]);
  });

  it('fails loudly when the copy is not what was backed up', async () => {
    await madeBackup(delivery, planOf(delivery, 'spoiled'));
    const held = delivery.data.holdNext('fingerprint');
    const running = drill('spoiled');
    await held.arrived;
    const run = delivery.data.calls.at(-1)?.run ?? '';
    delivery.data.tamper(run, 'intruder', 'x');
    held.release();
    expect(await running).toMatchObject({ proven: false, text: expect.stringContaining('intruder') });
    expect(delivery.notifier.delivered).toContainEqual(expect.objectContaining({ kind: 'drill-failed', run }));
    expect(delivery.data.copy(run)).toBeUndefined();
  });

  it('fails when there is nothing to restore', async () => {
    expect(await drill('never')).toMatchObject({ proven: false, text: expect.stringContaining('NO_BACKUP') });
  });
});
