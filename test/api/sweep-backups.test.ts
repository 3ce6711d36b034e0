import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { ownedPlan } from '../../src/app/backup/owned-plan.js';
import { sweepLostBackups } from '../../src/app/backup/sweep-lost-backups.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { aBackup, ADDRESS, post, putOwner } from './backup-support.js';
import { startTestApi, type TestApi } from './support.js';

const MINUTE_MS = 60_000;
let api: TestApi;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  api = await startTestApi({ now: () => now, stores: createMemoryStores({ now: () => now }) });
  await putOwner(api);
});
afterEach(() => api.close());

const started = async (path: string, body: object = ADDRESS) => String((await post(api, path, body)).body['id']);
const sweep = () => sweepLostBackups(api.app)();

describe('the sweep for lost backups', () => {
  it('ends and tells of a backup whose run was terminated', async () => {
    const id = await started('/backups');
    api.backupRuns.terminate('backup', id);
    now += 2 * MINUTE_MS;
    expect(await sweep()).toBe(1);
    expect(await api.stores.backups.get(id)).toMatchObject({ state: 'lost', endedAt: expect.any(String) });
    expect(api.told).toMatchObject([{ kind: 'backup-failed', run: id, ...ADDRESS }]);
  });

  it('ends a restore and a drill likewise', async () => {
    await aBackup(api);
    const [restore, drill] = [await started('/restores'), await started('/drills')];
    api.backupRuns.terminate('restore', restore);
    api.backupRuns.terminate('drill', drill);
    now += 2 * MINUTE_MS;
    expect(await sweep()).toBe(2);
    expect(await api.stores.restores.get(restore)).toMatchObject({ status: { phase: 'lost' } });
    expect(await api.stores.drills.get(drill)).toMatchObject({ proven: false, endedAt: expect.any(String) });
    expect(api.told.map(({ kind }) => kind)).toEqual(['restore-failed', 'drill-failed']);
  });

  it('leaves it to a run of its own to tell those who could not be reached', async () => {
    const id = await started('/backups');
    const record = await api.stores.backups.get(id);
    api.backupRuns.terminate('backup', id);
    now += 2 * MINUTE_MS;
    const receiver = { via: { kind: 'log' as const }, on: ['backup-failed'] };
    const unfinished = async () => (record ? [{ ...record, plan: { ...record.plan, notify: { ops: receiver, others: receiver } } }] : []);
    const stores = { ...api.stores, backups: { ...api.stores.backups, unfinished } };
    expect(await sweepLostBackups({ ...api.app, stores, tell: async () => ['ops'] })()).toBe(1);
    expect(api.backupRuns.notices).toMatchObject([{ run: id, kind: 'backup-failed', plan: { notify: { ops: receiver } } }]);
    expect(Object.keys(api.backupRuns.notices[0]?.plan.notify ?? {})).toEqual(['ops']);
  });

  it('tells where to look when a restore is lost that may have swapped', async () => {
    await aBackup(api);
    const restore = await started('/restores', { ...ADDRESS, swap: true });
    await api.stores.restores.claim(restore, 'run');
    api.backupRuns.terminate('restore', restore);
    now += 2 * MINUTE_MS;
    expect(await sweep()).toBe(1);
    expect(await api.stores.restores.get(restore)).toMatchObject({ status: { live: 'unknown' } });
    expect(api.told).toMatchObject([{ kind: 'restore-failed', run: restore, text: expect.stringContaining('Look which data is live') }]);
  });

  it('ends one that was requested but never started', async () => {
    api.backupRuns.set('away');
    await started('/backups');
    api.backupRuns.set('back');
    now += 2 * MINUTE_MS;
    expect(await sweep()).toBe(1);
  });

  it('leaves one that waits for its turn in a deployment, for as long as one backup may take', async () => {
    const plan = await ownedPlan(api.app, ADDRESS);
    await api.stores.backups.request({ id: ulid(), ...ADDRESS, repository: 'vault', trigger: 'deployment', by: { name: 'ada', roles: [] }, plan });
    now += 2 * MINUTE_MS;
    expect(await sweep()).toBe(0);
    now += plan.source.timeoutMs;
    expect(await sweep()).toBe(1);
  });

  it('leaves what a schedule asked for, while its tick may still wait for a worker', async () => {
    const plan = await ownedPlan(api.app, ADDRESS);
    const by = { name: 'schedule', roles: [] };
    await api.stores.backups.request({ id: ulid(), ...ADDRESS, repository: 'vault', trigger: 'schedule', by, plan });
    await api.stores.drills.request({ id: ulid(), ...ADDRESS, by });
    now += 60 * MINUTE_MS;
    expect(await sweep()).toBe(0);
    now += 181 * MINUTE_MS;
    expect(await sweep()).toBe(2);
  });

  it('tells of a lost drill once, whoever ends it', async () => {
    await aBackup(api);
    const drill = await started('/drills');
    api.backupRuns.terminate('drill', drill);
    now += 2 * MINUTE_MS;
    const record = await api.stores.drills.get(drill);
    await api.stores.drills.record(drill, { proven: true, text: 'equal', tookMs: 1, at: new Date(now).toISOString() });
    const stores = { ...api.stores, drills: { ...api.stores.drills, unfinished: async () => (record ? [record] : []) } };
    expect(await sweepLostBackups({ ...api.app, stores })()).toBe(0);
    expect(api.told).toEqual([]);
  });

  it('leaves live and young ones alone, and those whose outcome is still being recorded', async () => {
    const id = await started('/backups');
    expect(await sweep()).toBe(0);
    now += 2 * MINUTE_MS;
    expect(await sweep()).toBe(0);
    api.backupRuns.complete('backup', id);
    expect(await sweep()).toBe(0);
    now += 61 * MINUTE_MS;
    expect(await sweep()).toBe(1);
  });

  it('judges nothing while Temporal is away', async () => {
    const id = await started('/backups');
    api.backupRuns.set('away');
    now += 2 * MINUTE_MS;
    await expect(sweep()).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    expect(await api.stores.backups.get(id)).toMatchObject({ state: 'requested' });
  });
});
