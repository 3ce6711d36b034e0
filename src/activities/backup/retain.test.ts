import { describe, expect, it } from '@jest/globals';
import type { BackupPlan } from '../../domain/backup/plan.js';
import { SlipwayError } from '../../domain/errors.js';
import { createFakeEngine, type FakeEngine } from '../../engines/fake/fake-engine.js';
import { aBackup, aDrill, aFailure, aRestore, aVerifiedEnd } from '../../store/contract/backup-samples.js';
import { createPrograms } from '../../programs/programs.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { aBackupPlan, aSourceSpec } from '../../../test/support/backup-plans.js';
import type { BackupContext } from './backup-step.js';
import { prune } from './prune.js';
import type { RetentionDeps } from './repository-at.js';
import { retain } from './retain.js';

const DAY_MS = 86_400_000;
const ADDRESS = { service: 'shop', environment: 'production', source: 'orders' };

/** Repositories by their names, each with a vault of its own. */
function scene(...names: readonly string[]) {
  const clock = { now: Date.parse('2026-02-01T00:00:00Z') };
  const stores = createMemoryStores({ now: () => clock.now });
  const engines = new Map(names.map((name): [string, FakeEngine] => [name, Object.assign(createFakeEngine({ name }), { place: `/${name}` })]));
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = (name: string): FakeEngine => {
    const found = engines.get(name);
    if (!found) throw new SlipwayError('REPOSITORY_UNKNOWN');
    return found;
  };
  const deps: RetentionDeps = { stores, engine, pruneEveryMs: () => DAY_MS, leaseTtlMs: 60_000, programs: createPrograms({ guardian: { watch: () => undefined, release: () => undefined } }), clock: { now: () => clock.now }, logger };
  const context: BackupContext = { report: () => undefined, signal: new AbortController().signal, before: undefined, attempt: 1, holder: 'retention', runId: 'r', firstScheduledAtMs: clock.now, stillOurs: async () => undefined, heartbeatTimeoutMs: 10_000 };
  const planIn = (repository: string): BackupPlan => aBackupPlan({ source: aSourceSpec({ repository, keep: { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 } }) });
  const storeIn = async (repository: string, backup: string): Promise<string> => {
    const request = { backup, attempt: 1, source: 'production/shop/orders', content: { kind: 'stream', name: 'orders.dump', command: [process.execPath, '-e', 'console.log(1)'], env: {} } } as const;
    return (await engine(repository).store(request, () => undefined, context.signal)).snapshot;
  };
  const made = async (repository: string, day: number): Promise<string> => {
    const backup = aBackup(ADDRESS.service, { repository });
    await stores.backups.request(backup);
    await stores.backups.record(aVerifiedEnd(backup, { snapshot: await storeIn(repository, backup.id), at: `2026-01-0${day}T00:00:00.000Z` }));
    return backup.id;
  };
  const stateOf = async (id: string) => (await stores.backups.get(id))?.state;
  return { clock, stores, engine, deps, context, planIn, storeIn, made, stateOf, retain: (repository: string) => retain(deps, { plan: planIn(repository), waitMs: 0 }, context) };
}

describe('retention', () => {
  it('deletes each backup where it lies, also after its source got another repository', async () => {
    const { engine, made, retain: retainIn, stateOf, stores } = scene('old', 'new');
    const [first] = [await made('old', 1), await made('new', 2)];
    expect(await retainIn('new')).toMatchObject({ forgotten: [first], skipped: null });
    expect([await stateOf(first), engine('old').snapshots, engine('new').snapshots.length]).toEqual(['forgotten', [], 1]);
    expect(await stores.backups.lettingGo(ADDRESS)).toEqual([]);
  });

  it('lets nothing go for an attempt that does not count any more: its rules may be outdated', async () => {
    const { engine, made, deps, context, planIn, stateOf } = scene('old');
    const [first] = [await made('old', 1), await made('old', 2)];
    const late: BackupContext = { ...context, stillOurs: () => Promise.reject(new SlipwayError('SUPERSEDED')) };
    await expect(retain(deps, { plan: planIn('old'), waitMs: 0 }, late)).rejects.toMatchObject({ code: 'SUPERSEDED' });
    expect([await stateOf(first), engine('old').snapshots.length]).toEqual(['verified', 2]);
  });

  it('leaves what lies in a repository that is declared no longer, and says so', async () => {
    const { made, deps, context, planIn, stateOf } = scene('old', 'new');
    const [first] = [await made('old', 1), await made('new', 2)];
    const narrowed: RetentionDeps = { ...deps, engine: (name) => {
      if (name === 'old') throw new SlipwayError('REPOSITORY_UNKNOWN');
      return deps.engine(name);
    } };
    const { notes, skipped } = await retain(narrowed, { plan: planIn('new'), waitMs: 0 }, context);
    expect([notes.join(), skipped, await stateOf(first)]).toEqual([expect.stringContaining('old'), null, 'verified']);
  });

  it('leaves what a restore and a drill bring back until they have ended', async () => {
    const { made, retain: retainIn, stateOf, stores } = scene('vault');
    const [restored, drilled] = [await made('vault', 1), await made('vault', 2), await made('vault', 3)];
    const [restore, drill] = [aRestore(ADDRESS.service, { backup: restored }), aDrill(ADDRESS.service)];
    await stores.restores.request(restore);
    await stores.drills.request(drill);
    await stores.drills.open(drill.id, { ...restore.plan, backup: { ...restore.plan.backup, id: drilled } });
    expect((await retainIn('vault')).forgotten).toEqual([]);
    await stores.restores.lose(restore.id, 'gone');
    await stores.drills.record(drill.id, { proven: true, text: '', tookMs: 1, at: '2026-01-05T00:00:00Z' });
    expect((await retainIn('vault')).forgotten).toEqual([restored, drilled]);
    expect(await stateOf(restored)).toBe('forgotten');
  });

  it.each(['failed', 'lost'] as const)('takes away what a run that is %s stored unknown to anybody, once', async (state) => {
    const { engine, made, retain: retainIn, storeIn, stores } = scene('vault');
    const backup = aBackup(ADDRESS.service, { repository: 'vault' });
    await stores.backups.request(backup);
    await storeIn('vault', backup.id);
    if (state === 'failed') await stores.backups.record(aFailure(backup));
    else await stores.backups.lose(backup.id, 'its run is gone');
    await made('vault', 2);
    await retainIn('vault');
    await retainIn('vault');
    expect(engine('vault').snapshots.map((snapshot) => engine('vault').of(snapshot)?.backup)).not.toContain(backup.id);
    expect(engine('vault').snapshots).toHaveLength(1);
  });

  it('remembers when it came to its end, and only then', async () => {
    const { made, retain: retainIn, stores, engine } = scene('vault');
    await made('vault', 1);
    const lease = await stores.leases.acquire({ name: 'repository:/vault', mode: 'shared', holder: 'another', ttlMs: 60_000 });
    expect((await retainIn('vault')).skipped).toContain('another');
    expect((await stores.metrics.retention()).sources).toEqual([]);
    if ('token' in lease) await stores.leases.release(lease.token);
    await retainIn('vault');
    expect((await stores.metrics.retention()).sources).toEqual([{ ...ADDRESS, retainedAt: '2026-02-01T00:00:00.000Z' }]);
    expect(engine('vault').faults.calls).not.toContain('prune');
  });
});

describe('giving bytes back', () => {
  it('is due once in a while, and an attempt that failed counts: nobody is kept from the repository after each backup', async () => {
    const { clock, context, deps, engine, planIn, retain: retainIn } = scene('vault');
    const due = async () => (await retainIn('vault')).pruneDue;
    const pruneNow = (when: 'due' | 'now') => prune(deps, { plan: planIn('vault'), repository: 'vault', when }, context);
    expect(await due()).toEqual(['vault']);
    engine('vault').faults.fail('prune', 'ENGINE_FAILED');
    await expect(pruneNow('due')).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    expect(await due()).toEqual([]);
    expect(await pruneNow('due')).toMatchObject({ pruned: false });
    expect(await pruneNow('now')).toMatchObject({ pruned: true });
    clock.now += DAY_MS;
    expect(await due()).toEqual(['vault']);
    expect(await pruneNow('due')).toMatchObject({ pruned: true });
  });

  it('goes on where an attempt of it was cut off', async () => {
    const { context, deps, engine, planIn } = scene('vault');
    const input = { plan: planIn('vault'), repository: 'vault', when: 'due' } as const;
    engine('vault').faults.fail('prune', 'REPOSITORY_UNREACHABLE');
    await expect(prune(deps, input, context)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect(await prune(deps, input, { ...context, attempt: 2 })).toMatchObject({ pruned: true });
  });
});
