import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { backupWorkflowId } from '../../src/domain/backup/names.js';
import type { BackupPlan } from '../../src/domain/backup/plan.js';
import type { BackupRecord } from '../../src/domain/backup/record.js';
import type { Plan } from '../../src/domain/deployment/plan.js';
import { createFakeEngine } from '../../src/engines/fake/fake-engine.js';
import { createDelivery, type Delivery, type LiveDeployment } from '../support/delivery.js';
import { aBackupPlan, aStep } from '../support/plans.js';
import { until } from '../support/until.js';

const LONG_BAKE = { steps: [aStep(1, 10, { bakeMs: 600_000 })] };
const BY = { name: 'ann', roles: ['admin'] };

describe('a deployment with backups before it', () => {
  let delivery: Delivery;
  beforeAll(async () => {
    const vault = createFakeEngine({ name: 'vault' });
    delivery = await createDelivery({ engine: { ...vault, verify: async (snapshot, ...rest) => {
      if (vault.of(snapshot)?.source.endsWith('/damaged') === true) vault.damage(snapshot, 'flipped');
      return vault.verify(snapshot, ...rest);
    } } });
    await delivery.settleV1();
  }, 120_000);
  afterAll(() => delivery.close());

  const sourceOf = (name: string): BackupPlan => aBackupPlan(name, { service: delivery.site, site: delivery.site });
  const start = (names: readonly string[], plan: Partial<Plan> = {}): Promise<LiveDeployment> =>
    delivery.start({ protect: { backups: names.map(sourceOf), migrate: {} }, ...plan });
  const backupsOf = async (source: string): Promise<readonly BackupRecord[]> => (await delivery.stores.backups.list({ service: delivery.site, source }, { limit: 10 })).items;
  const launches = (live: LiveDeployment): number => delivery.target.launches.filter(({ deployment }) => deployment === live.id).length;

  it('makes one of every source, and has them read back, before it touches anything', async () => {
    const held = delivery.data.holdNext('capture');
    const live = await start(['orders', 'files']);
    await held.arrived;
    expect([(await live.status()).phase, launches(live)]).toEqual(['protecting', 0]);
    const ids = await Promise.all(['orders', 'files'].map(async (name) => (await backupsOf(name))[0]?.id ?? ''));
    const waits = await live.when(({ waitsFor }) => ids.every((id) => waitsFor?.includes(`backup ${id}, which is made`) === true), 60_000);
    expect(waits.waitsFor).toContain(`test/${delivery.site}/orders: backup ${ids[0]}`);
    held.release();
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    const made = [...await backupsOf('orders'), ...await backupsOf('files')];
    expect(made).toMatchObject([{ source: 'orders', state: 'verified', trigger: 'deployment' }, { source: 'files', state: 'verified', trigger: 'deployment' }]);
    const { protection } = await live.status();
    expect(protection?.backups.map(({ backup }) => backup).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
  }, 120_000);

  it('touches nothing when one of them cannot be made', async () => {
    delivery.data.fail('capture', 'SOURCE_REFUSED');
    const live = await start(['refused']);
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'BACKUP_FAILED', text: expect.stringContaining('SOURCE_REFUSED') });
    expect(launches(live)).toBe(0);
    expect(await live.status()).not.toHaveProperty('followUps');
  }, 120_000);

  it('touches nothing when one of them is not what was stored', async () => {
    const live = await start(['damaged']);
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'BACKUP_FAILED', text: expect.stringContaining('BACKUP_DAMAGED') });
    expect([launches(live), (await backupsOf('damaged'))[0]?.state]).toEqual([0, 'damaged']);
  }, 120_000);

  it('offers to restore it when the candidate had traffic', async () => {
    const live = await start(['spoiled'], LONG_BAKE);
    await live.when(({ split }) => split !== null && Math.min(split.blue, split.green) === 1_000);
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back' });
    const [backup] = await backupsOf('spoiled');
    const { followUps, endedAt } = await live.status();
    expect(followUps).toMatchObject([{ kind: 'restore-offered', backups: [{ service: delivery.site, source: 'spoiled', backup: backup?.id }] }]);
    expect(Date.parse(followUps?.[0]?.until ?? '') - Date.parse(endedAt ?? '')).toBeGreaterThan(23 * 3_600_000);
    expect(delivery.notifier.delivered).toContainEqual(expect.objectContaining({ kind: 'follow-up', deployment: live.id }));
  }, 120_000);

  it('waits for one that runs, and then makes its own', async () => {
    const plan = sourceOf('shared');
    const { service, environment } = plan;
    const other = await delivery.stores.backups.request({ id: ulid(), service, environment, source: 'shared', repository: 'vault', trigger: 'request', by: BY, plan });
    const held = delivery.data.holdNext('capture');
    const running = await delivery.client.workflow.start('backup', {
      taskQueue: delivery.site, workflowId: backupWorkflowId({ service, environment, source: 'shared' }), args: [{ backup: other, plan, trigger: 'request', by: BY }],
    });
    await held.arrived;
    const live = await start(['shared']);
    expect(await until(async () => (await backupsOf('shared')).length === 2, 30_000)).toBe(true);
    await live.when(({ waitsFor }) => waitsFor?.includes('when another one of this source has ended') === true, 60_000);
    held.release();
    await running.result();
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    const own = (await backupsOf('shared')).find(({ trigger }) => trigger === 'deployment');
    expect(own).toMatchObject({ state: 'verified' });
    expect((await live.status()).protection?.backups).toMatchObject([{ backup: own?.id }]);
  }, 120_000);

  it('does not wait for one when it is aborted: it is told to stop', async () => {
    const held = delivery.data.holdNext('capture');
    const live = await start(['aborted']);
    await held.arrived;
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'ABORTED' });
    expect(launches(live)).toBe(0);
    expect(await until(async () => (await backupsOf('aborted'))[0]?.endedAt !== null, 30_000)).toBe(true);
    expect(await backupsOf('aborted')).toMatchObject([{ state: 'failed' }]);
  }, 120_000);

  it('leaves no request behind when it is aborted while it waits for another', async () => {
    const plan = sourceOf('busy');
    const { service, environment } = plan;
    const other = await delivery.stores.backups.request({ id: ulid(), service, environment, source: 'busy', repository: 'vault', trigger: 'request', by: BY, plan });
    const held = delivery.data.holdNext('capture');
    const running = await delivery.client.workflow.start('backup', {
      taskQueue: delivery.site, workflowId: backupWorkflowId({ service, environment, source: 'busy' }), args: [{ backup: other, plan, trigger: 'request', by: BY }],
    });
    await held.arrived;
    const live = await start(['busy']);
    expect(await until(async () => (await backupsOf('busy')).length === 2, 30_000)).toBe(true);
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted' });
    held.release();
    await running.result();
    expect((await backupsOf('busy')).find(({ trigger }) => trigger === 'deployment')).toMatchObject({ state: 'skipped' });
  }, 120_000);
});
