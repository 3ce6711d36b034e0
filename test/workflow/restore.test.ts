import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { noticeWorkflowId } from '../../src/domain/backup/names.js';
import { deploymentWorkflowId } from '../../src/domain/names.js';
import { ASKING_GATE } from '../../src/domain/deployment/gate.js';
import { createFakeEngine, type FakeEngine } from '../../src/engines/fake/fake-engine.js';
import { UNWELL, WELL } from '../../src/probes/fake-prober.js';
import { controlUpdate, statusQuery } from '../../src/workflows/deployment/messages.js';
import { madeBackup, planOf, startBackup, startRestore } from '../support/data-runs.js';
import { createDelivery, type Delivery } from '../support/delivery.js';
import { until } from '../support/until.js';

describe('a restore', () => {
  let delivery: Delivery;
  let engine: FakeEngine;
  let tests = 0;
  beforeAll(async () => {
    engine = createFakeEngine({ name: 'vault' });
    delivery = await createDelivery({ engine });
    await delivery.settleV1();
  }, 60_000);
  afterAll(() => delivery.close());
  beforeEach(() => { tests += 1; });

  /** Backed up, and then damaged. */
  const damagedSource = async (over: Parameters<typeof planOf>[2] = {}) => {
    const plan = planOf(delivery, `orders-${tests}`, over);
    delivery.data.put('order', '1');
    const backup = await madeBackup(delivery, plan);
    delivery.data.put('order', 'damaged');
    return { plan, backup };
  };
  const callsOf = (run: string, names: readonly string[]): readonly string[] => delivery.data.calls.filter((each) => each.run === run && names.includes(each.call)).map(({ call }) => call);
  const holder = (): WorkflowHandle => delivery.client.workflow.getHandle(deploymentWorkflowId('test', delivery.site));

  it('brings the data back, with a safety backup of what was live, and drops that in the end', async () => {
    const { plan, backup } = await damagedSource();
    const live = await startRestore(delivery, plan, backup);
    expect(await live.held()).toEqual({ held: true });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded', code: null });
    expect(delivery.data.live()['order']).toBe('1');
    expect(delivery.data.old(live.id)).toBeUndefined();
    const record = await delivery.stores.restores.get(live.id);
    expect(record?.status).toMatchObject({ phase: 'succeeded', live: 'restored', proof: { equal: true, delta: [expect.stringContaining('order')] } });
    expect(await delivery.stores.backups.get(record?.status?.safetyBackup ?? '')).toMatchObject({ trigger: 'safety', state: 'verified' });
  });

  it('goes back and allows writes while backups have every slot of what takes hours', async () => {
    const { plan, backup } = await damagedSource({ restore: { keepOldMs: 600_000, checks: {}, verify: {}, quiesce: { kind: 'read-only' } } });
    const live = await startRestore(delivery, plan, backup);
    await live.when(({ phase }) => phase === 'keeping');
    const stalled = [1, 2, 3, 4].map((n) => ({ held: engine.faults.holdNext('store'), plan: planOf(delivery, `long-${n}`) }));
    const backups = await Promise.all(stalled.map((each) => startBackup(delivery, each.plan)));
    await Promise.all(stalled.map(({ held }) => held.arrived));
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back' });
    expect(delivery.data.live()['order']).toBe('damaged');
    stalled.forEach(({ held }) => held.release());
    await Promise.all(backups.map((each) => each.outcome()));
  }, 60_000);

  it('that is a dry run proves the copy, says how live differs, holds nobody and touches nothing', async () => {
    const { plan, backup } = await damagedSource();
    const live = await startRestore(delivery, plan, backup, { dryRun: true, holds: [] });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(delivery.data.live()['order']).toBe('damaged');
    expect(delivery.data.copy(live.id)).toBeUndefined();
    expect((await delivery.stores.restores.get(live.id))?.status).toMatchObject({ live: 'old', safetyBackup: null, proof: { equal: true, delta: [expect.stringContaining('order')] } });
  });

  it('holds the service while it works: controls of a deployment are refused, and it says who holds', async () => {
    const { plan, backup } = await damagedSource();
    const held = delivery.data.holdNext('fillCopy');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    expect(await holder().query('status')).toMatchObject({ restore: live.id, phase: 'held-by-restore' });
    const message = { id: 'm', deployment: 'any', by: { name: 'ann', roles: [] } };
    await expect(holder().executeUpdate(controlUpdate('abort'), { args: [message] })).rejects.toMatchObject({ cause: { type: 'HELD_BY_RESTORE' } });
    expect((await live.status()).held).toEqual([delivery.site]);
    held.release();
    await live.outcome();
    expect((await holder().describe()).status.name).not.toBe('RUNNING');
  });

  it('gives up at once while a service is being deployed, and changes nothing', async () => {
    const { plan, backup } = await damagedSource();
    const deployment = await delivery.start({ steps: [{ number: 1, share: 1_000, bakeMs: 600_000 }] });
    await deployment.when(({ phase }) => phase === 'progressing');
    const live = await startRestore(delivery, plan, backup);
    expect(await live.held().catch(() => live.outcome())).toMatchObject({ code: 'DEPLOYMENT_LIVE' });
    expect(await live.outcome()).toMatchObject({ phase: 'failed', code: 'DEPLOYMENT_LIVE' });
    expect(delivery.data.live()['order']).toBe('damaged');
    expect(await deployment.handle.query(statusQuery)).toMatchObject({ phase: 'progressing' });
    await deployment.send('abort');
    await deployment.outcome();
  });

  it('is not carried out when its hold was ended from outside and a deployment has begun', async () => {
    const { plan, backup } = await damagedSource();
    const held = delivery.data.holdNext('fillCopy');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    await holder().terminate('by hand');
    const { notes } = await live.when((status) => status.held.length === 0);
    expect(notes).toContainEqual(expect.stringContaining('ended from outside'));
    const deployment = await delivery.start({ steps: [{ number: 1, share: 1_000, bakeMs: 600_000 }] });
    await deployment.when(({ phase }) => phase === 'progressing');
    held.release();
    expect(await live.outcome()).toMatchObject({ phase: 'failed', code: 'DEPLOYMENT_LIVE' });
    expect([delivery.data.live()['order'], (await deployment.status()).phase]).toEqual(['damaged', 'progressing']);
    await deployment.send('abort');
    await deployment.outcome();
  });

  it('is not carried out when the copy is not what was backed up', async () => {
    const { plan, backup } = await damagedSource();
    const held = delivery.data.holdNext('check');
    const live = await startRestore(delivery, plan, backup, { source: { ...plan.source, restore: { ...plan.source.restore, checks: { has: { kind: 'query', sql: 'no such row', timeoutMs: 1_000 } } } } });
    await held.arrived;
    held.release();
    expect(await live.outcome()).toMatchObject({ phase: 'failed', code: 'PROOF_FAILED', text: expect.stringContaining('has') });
    expect([delivery.data.live()['order'], delivery.data.copy(live.id)]).toEqual(['damaged', undefined]);
  });

  it.each(['PRODUCER_FAILED', 'SOURCE_UNSUPPORTED'] as const)('is not carried out without a safety backup of data that is there (%s)', async (code) => {
    const { plan, backup } = await damagedSource();
    delivery.data.fail('capture', code);
    const live = await startRestore(delivery, plan, backup);
    expect(await live.outcome()).toMatchObject({ phase: 'failed', code });
    expect(delivery.data.live()['order']).toBe('damaged');
  });

  it.each([['what is live is gone', {}, 'SOURCE_MISSING'], ['whoever asked says so', { safety: 'try' as const }, 'PRODUCER_FAILED']] as const)(
    'goes on without one where %s', async (_, over, code) => {
      const { plan, backup } = await damagedSource();
      delivery.data.fail('capture', code);
      const live = await startRestore(delivery, plan, backup, over);
      expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
      expect((await delivery.stores.restores.get(live.id))?.status?.notes).toContainEqual(expect.stringContaining('no safety backup'));
    });

  it('waits for people at its gate, who see what would change', async () => {
    const plan = { gate: { ...ASKING_GATE, name: 'data-owners' }, keepOldMs: 0, checks: {}, verify: {} };
    const { plan: source, backup } = await damagedSource({ restore: plan });
    const live = await startRestore(delivery, source, backup);
    const { gates, phase } = await live.when((status) => status.gates.length > 0);
    expect([phase, gates[0]?.reason]).toEqual(['waiting', expect.stringMatching(/the copy holds 2 items, 2 in all, live 2 items, 8 in all; .*order/)]);
    expect(delivery.data.live()['order']).toBe('damaged');
    await live.send('approve', { gate: 'data-owners' });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
  });

  it('says at its gate what was written since the safety backup', async () => {
    const { plan, backup } = await damagedSource({ restore: { gate: { ...ASKING_GATE, name: 'data-owners' }, keepOldMs: 0, checks: {}, verify: {} } });
    const held = delivery.data.holdNext('fillCopy');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    delivery.data.put('late', '1');
    held.release();
    const { gates, proof, notes } = await live.when((status) => status.gates.length > 0);
    expect([proof?.writtenSince, gates[0]?.reason]).toEqual([2, expect.stringContaining('2 items are not as in the safety backup')]);
    expect(notes).not.toContainEqual(expect.stringContaining('writes were stopped'));
    await live.send('abort');
    await live.outcome();
    delivery.data.remove('late');
  });

  it('says at its gate when what is live could not be read', async () => {
    const { plan, backup } = await damagedSource({ restore: { gate: { ...ASKING_GATE, name: 'data-owners' }, keepOldMs: 0, checks: {}, verify: {} } });
    const held = delivery.data.holdNext('check');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    delivery.data.fail('fingerprint', 'SOURCE_REFUSED');
    held.release();
    const { gates } = await live.when((status) => status.gates.length > 0);
    expect(gates[0]?.reason).toContain('what is live could not be read');
    await live.send('abort');
    await live.outcome();
  });

  it('that is rejected at its gate leaves live as it was', async () => {
    const { plan, backup } = await damagedSource({ restore: { gate: { ...ASKING_GATE, name: 'data-owners' }, keepOldMs: 0, checks: {}, verify: {} } });
    const live = await startRestore(delivery, plan, backup);
    await live.when((status) => status.gates.length > 0);
    await live.send('reject');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'REJECTED' });
    expect([delivery.data.live()['order'], delivery.data.copy(live.id)]).toEqual(['damaged', undefined]);
  });

  it('is swapped back when the application does not get well with it', async () => {
    const { plan, backup } = await damagedSource();
    const stable = await delivery.stores.deployments.stable(delivery.site, 'test');
    if (!stable) throw new Error('nothing is live');
    const applications = [{ ...stable, release: { ...stable.release, launch: { timeoutMs: 1_000 } } }];
    delivery.prober.answerAll(UNWELL);
    const live = await startRestore(delivery, plan, backup, { applications });
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'VERIFY_FAILED' });
    delivery.prober.answerAll(WELL);
    expect([delivery.data.live()['order'], delivery.data.copy(live.id), delivery.data.old(live.id)]).toEqual(['damaged', undefined, undefined]);
  });

  it('is swapped back when nobody knows whether the swap was made', async () => {
    const { plan, backup } = await damagedSource();
    delivery.data.failAfter('swap', 'SOURCE_REFUSED');
    const live = await startRestore(delivery, plan, backup);
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'SOURCE_REFUSED' });
    expect([delivery.data.live()['order'], delivery.data.copy(live.id), delivery.data.old(live.id)]).toEqual(['damaged', undefined, undefined]);
  });

  it('can be aborted while the replaced data is kept, and then the service is held again', async () => {
    const { plan, backup } = await damagedSource({ restore: { keepOldMs: 600_000, checks: {}, verify: {} } });
    const live = await startRestore(delivery, plan, backup);
    expect((await live.when(({ phase }) => phase === 'keeping')).held).toEqual([]);
    expect(delivery.data.live()['order']).toBe('1');
    await live.send('abort', { reason: 'the wrong day' });
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'ABORTED' });
    expect(delivery.data.live()['order']).toBe('damaged');
  });

  it('ends keepOld early by a skip', async () => {
    const { plan, backup } = await damagedSource({ restore: { keepOldMs: 600_000, checks: {}, verify: {} } });
    const live = await startRestore(delivery, plan, backup);
    await live.when(({ phase }) => phase === 'keeping');
    await live.send('skip');
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(delivery.data.old(live.id)).toBeUndefined();
  });

  it('stops writes before its safety backup, and allows them again after the swap', async () => {
    const { plan, backup } = await damagedSource({ restore: { quiesce: { kind: 'read-only' }, keepOldMs: 0, checks: {}, verify: {} } });
    const held = delivery.data.holdNext('swap');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    expect(delivery.data.writable).toBe(false);
    held.release();
    await live.outcome();
    expect(delivery.data.writable).toBe(true);
  });

  it('stops writes again before it swaps back, and allows them after', async () => {
    const { plan, backup } = await damagedSource({ restore: { quiesce: { kind: 'read-only' }, keepOldMs: 600_000, checks: {}, verify: {} } });
    const live = await startRestore(delivery, plan, backup);
    await live.when(({ phase }) => phase === 'keeping');
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'ABORTED' });
    expect(callsOf(live.id, ['quiesce', 'swap', 'unquiesce', 'swapBack'])).toEqual(['quiesce', 'swap', 'unquiesce', 'quiesce', 'swapBack', 'unquiesce']);
    expect(delivery.data.writable).toBe(true);
  });

  it('tries until writes are allowed again, and says what is in the way', async () => {
    const { plan, backup } = await damagedSource({ restore: { quiesce: { kind: 'read-only' }, keepOldMs: 0, checks: {}, verify: {} } });
    const held = delivery.data.holdNext('fillCopy');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    delivery.data.fail('unquiesce', 'SOURCE_REFUSED');
    await live.send('abort');
    expect((await live.when(({ phase }) => phase === 'needs-attention')).waitsFor).toContain('writes cannot be allowed again');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'ABORTED', text: expect.stringContaining('was not touched') });
    expect(delivery.data.writable).toBe(true);
  });

  it('does not say that all is as it was when people had to take writes over', async () => {
    const { plan, backup } = await damagedSource({ restore: { quiesce: { kind: 'read-only' }, keepOldMs: 0, checks: {}, verify: {} } });
    const held = delivery.data.holdNext('fillCopy');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    delivery.data.failAfter('unquiesce', 'SOURCE_REFUSED');
    await live.send('abort');
    await live.when(({ phase }) => phase === 'needs-attention');
    await live.send('resolve', { live: 'old' });
    const { phase, text } = await live.outcome();
    expect([phase, text]).toEqual(['aborted', expect.stringContaining('writes to it may still be stopped')]);
    expect(text).not.toContain('not touched');
  });

  it('waits for another backup before it stops writes, and its own request is withdrawn when it is aborted meanwhile', async () => {
    const { plan, backup } = await damagedSource({ restore: { quiesce: { kind: 'read-only' }, keepOldMs: 0, checks: {}, verify: {} } });
    const held = delivery.data.holdNext('capture');
    const other = await startBackup(delivery, plan);
    await held.arrived;
    const live = await startRestore(delivery, plan, backup);
    const { safetyBackup, phase } = await live.when(({ waitsFor }) => waitsFor?.includes('another backup') === true);
    expect([phase, delivery.data.writable]).toEqual(['quiescing', true]);
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'ABORTED' });
    expect(callsOf(live.id, ['quiesce', 'unquiesce'])).toEqual([]);
    expect(await delivery.stores.backups.get(safetyBackup ?? '')).toMatchObject({ state: 'skipped', endedAt: expect.any(String) });
    held.release();
    expect(await other.outcome()).toMatchObject({ phase: 'succeeded' });
  });

  it('tells a receiver who was away how it ended, and the next one does not wait for that', async () => {
    const { plan, backup } = await damagedSource();
    const told = { ...plan, notify: { ops: { via: { kind: 'log' as const }, on: ['restore-failed'] } } };
    const held = delivery.data.holdNext('fillCopy');
    const live = await startRestore(delivery, told, backup);
    const said = (kind: string): number => delivery.notifier.delivered.filter((notice) => notice.kind === kind && notice.run === live.id).length;
    await held.arrived;
    expect(await until(async () => said('restore-started') === 1)).toBe(true);
    delivery.notifier.become('down');
    try {
      await live.send('abort');
      expect(await live.outcome()).toMatchObject({ phase: 'aborted' });
      const next = await startRestore(delivery, plan, backup, { dryRun: true, holds: [] });
      expect(await next.held()).toEqual({ held: true });
      expect(said('restore-failed')).toBe(0);
      delivery.notifier.become('well');
      expect(await next.outcome()).toMatchObject({ phase: 'succeeded' });
      await delivery.client.workflow.getHandle(noticeWorkflowId(live.id, 'restore-failed')).result();
      expect(said('restore-failed')).toBe(1);
    } finally {
      delivery.notifier.become('well');
    }
  }, 90_000);

  it('is aborted by a cancel from the Web UI', async () => {
    const { plan, backup } = await damagedSource();
    const held = delivery.data.holdNext('fillCopy');
    const live = await startRestore(delivery, plan, backup);
    await held.arrived;
    await live.handle.cancel();
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'CANCELLED' });
    expect(delivery.data.live()['order']).toBe('damaged');
  });

  it('asks people when it can be swapped neither in nor back, and takes their word', async () => {
    const { plan, backup } = await damagedSource();
    delivery.data.failAfter('swap', 'SOURCE_REFUSED');
    delivery.data.fail('swapBack', 'SOURCE_REFUSED');
    const live = await startRestore(delivery, plan, backup);
    expect((await live.when(({ phase }) => phase === 'needs-attention')).waitsFor).toContain('SOURCE_REFUSED');
    await live.send('resolve', { live: 'restored' });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(delivery.data.live()['order']).toBe('1');
    delivery.data.put('order', '1');
  });
});
