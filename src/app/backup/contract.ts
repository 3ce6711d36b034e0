import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ulid } from 'ulid';
import type { RestorePlan } from '../../domain/backup/plan.js';
import type { RestoreMessage } from '../../domain/backup/restore-message.js';
import type { BackupRunAddress, BackupRunKind, BackupRuns, BackupStart } from './backup-runs.js';

export interface BackupRunsSubject {
  readonly runs: BackupRuns;
  /** The same, with a server that does not answer. */
  readonly away: BackupRuns;
  /** As an operator's terminate. */
  terminate(kind: BackupRunKind, address: BackupRunAddress): Promise<void>;
}

interface Work {
  readonly kind: BackupRunKind;
  readonly address: BackupRunAddress;
  start(runs: BackupRuns, run?: string): Promise<BackupStart>;
}

const BY = { name: 'ada', roles: ['admin'] };

/** What every implementation of the port promises. `plan` is of any restore that the implementation can carry out. */
export function describeBackupRuns(subject: () => BackupRunsSubject, plan: RestorePlan): void {
  const aWork = (kind: BackupRunKind): Work => {
    const service = `s${randomBytes(4).toString('hex')}`;
    const address = { run: ulid(), service, environment: plan.environment, source: plan.source.name };
    const own = { ...plan, service, holds: [service], applications: [] };
    return {
      kind, address,
      start: (runs, run = address.run) => {
        if (kind === 'backup') return runs.startBackup({ backup: run, plan: own, trigger: 'request', by: BY });
        return kind === 'restore' ? runs.startRestore({ restore: run, plan: own, by: BY }) : runs.startDrill({ drill: run, plan: own, by: BY });
      },
    };
  };
  const started = async (kind: BackupRunKind): Promise<Work> => {
    const work = aWork(kind);
    await work.start(subject().runs);
    return work;
  };
  const aMessage = (restore: string): RestoreMessage => ({ id: ulid(), restore, by: BY });

  it('a notice is told by one run, however often it is asked for', async () => {
    const telling = { plan, run: ulid(), kind: 'backup-failed', text: 'it failed' };
    await subject().runs.startNotice(telling);
    await subject().runs.startNotice(telling);
    await expect(subject().away.startNotice(telling)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
  });

  describe.each(['backup', 'restore', 'drill'] as const)('a %s', (kind) => {
    it('is started once, however often it is asked for', async () => {
      const work = aWork(kind);
      expect(await work.start(subject().runs)).toEqual({ start: 'new' });
      expect(await work.start(subject().runs)).toEqual({ start: 'same' });
    });

    it('names the one that has the lock', async () => {
      const work = await started(kind);
      expect(await work.start(subject().runs, ulid())).toEqual({ start: 'other', live: work.address.run });
    });

    it('finds the lock free after the end', async () => {
      const work = await started(kind);
      await subject().terminate(kind, work.address);
      expect(await work.start(subject().runs, ulid())).toEqual({ start: 'new' });
    });

    it('is known by its source', async () => {
      const work = await started(kind);
      const { run } = work.address;
      expect(await subject().runs.describe(kind, work.address)).toEqual({ run, state: 'running', closedAt: null });
      await subject().terminate(kind, work.address);
      expect(await subject().runs.describe(kind, work.address)).toEqual({ run, state: 'gone', closedAt: expect.any(String) });
      expect(await subject().runs.describe(kind, { ...work.address, service: 'nobody' })).toBeUndefined();
    });

    it('is found by its id alone while it runs', async () => {
      const work = await started(kind);
      expect(await soon(() => subject().runs.findRunning(kind, work.address.run))).toEqual(work.address);
      expect(await subject().runs.findRunning(kind, ulid())).toBeUndefined();
    });
  });

  describe('the status', () => {
    it('is the run’s own word', async () => {
      const [backup, restore] = [await started('backup'), await started('restore')];
      expect(await subject().runs.backupStatus(backup.address)).toMatchObject({ backup: backup.address.run, endedAt: null });
      expect(await subject().runs.restoreStatus(restore.address)).toMatchObject({ restore: restore.address.run, endedAt: null });
    });

    it('is silence once the run has ended, in whatever way', async () => {
      const [backup, restore] = [await started('backup'), await started('restore')];
      await subject().terminate('backup', backup.address);
      await subject().terminate('restore', restore.address);
      expect(await subject().runs.backupStatus(backup.address)).toBeUndefined();
      expect(await subject().runs.restoreStatus(restore.address)).toBeUndefined();
    });

    it('is silence when another run has the lock', async () => {
      const [backup, restore] = [await started('backup'), await started('restore')];
      expect(await subject().runs.backupStatus({ ...backup.address, run: ulid() })).toBeUndefined();
      expect(await subject().runs.restoreStatus({ ...restore.address, run: ulid() })).toBeUndefined();
    });
  });

  describe('a message to a restore', () => {
    it('is answered with the new status', async () => {
      const { address } = await started('restore');
      expect(await subject().runs.control(address, 'pause', aMessage(address.run))).toMatchObject({ restore: address.run, paused: true });
    });

    it('is carried out once', async () => {
      const { address } = await started('restore');
      const message = aMessage(address.run);
      await subject().runs.control(address, 'pause', message);
      expect(await subject().runs.control(address, 'pause', message)).toMatchObject({ paused: true });
    });

    it('is remembered by the run, so that a repeat can be told from something new', async () => {
      const { address } = await started('restore');
      const message = aMessage(address.run);
      await subject().runs.control(address, 'pause', message);
      expect(await subject().runs.restoreStatus(address)).toMatchObject({ messages: [message.id] });
    });

    it('is refused by its code', async () => {
      const { address } = await started('restore');
      await expect(subject().runs.control(address, 'resume', aMessage(address.run))).rejects.toMatchObject({ code: 'NOT_PAUSED' });
    });

    it('is refused by another restore', async () => {
      const { address } = await started('restore');
      await expect(subject().runs.control(address, 'pause', aMessage(ulid()))).rejects.toMatchObject({ code: 'WRONG_DEPLOYMENT' });
    });

    it('has nobody to tell after the end', async () => {
      const { address } = await started('restore');
      await subject().terminate('restore', address);
      await expect(subject().runs.control(address, 'abort', aMessage(address.run))).rejects.toMatchObject({ code: 'RESTORE_ENDED' });
      await expect(subject().runs.held(address)).rejects.toMatchObject({ code: 'RESTORE_ENDED' });
    });
  });

  it.each(['backup', 'restore', 'drill', 'verify'] as const)('a %s of which nothing failed tries nothing again', async (kind) => {
    const { address } = await started(kind === 'verify' ? 'backup' : kind);
    if (kind === 'verify') await subject().runs.startVerify({ backup: address.run, plan, snapshot: 's' });
    expect(await subject().runs.trying(kind, address)).toBeNull();
    expect(await subject().runs.trying(kind, { ...address, run: ulid() })).toBeNull();
  });

  it('a backup is read back again once at a time', async () => {
    const backup = ulid();
    await subject().runs.startVerify({ backup, plan, snapshot: 's' });
    await expect(subject().runs.startVerify({ backup, plan, snapshot: 's' })).resolves.toBeUndefined();
  });

  it('retention of a source runs once at a time', async () => {
    await subject().runs.startRetention({ plan, prune: 'now' });
    await expect(subject().runs.startRetention({ plan, prune: 'now' })).resolves.toBeUndefined();
  });

  describe('without a server', () => {
    it('what must be done is refused as retryable', async () => {
      const { away } = subject();
      const work = aWork('restore');
      await expect(work.start(away)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.describe('backup', work.address)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.findRunning('backup', work.address.run)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.held(work.address)).rejects.toMatchObject({ code: expect.stringMatching(/^TEMPORAL_(?:UNAVAILABLE|TIMEOUT)$/) });
    });

    it('what may be asked is silence', async () => {
      const { address } = aWork('restore');
      expect(await subject().away.backupStatus(address)).toBeUndefined();
      expect(await subject().away.restoreStatus(address)).toBeUndefined();
      expect(await subject().away.trying('restore', address)).toBeNull();
    });
  });
}

/** An index may lag behind by a moment. */
async function soon<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
}
