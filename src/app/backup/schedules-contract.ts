import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupPlan } from '../../domain/backup/plan.js';
import { schedulesOf, type WantedSchedule } from '../../domain/backup/schedules.js';
import type { ScheduleSpec } from '../../domain/backup/source-spec.js';
import type { BackupSchedules, KeptSchedule, ScheduleMark } from './backup-schedules.js';

const DAILY: ScheduleSpec = { when: { kind: 'cron', cron: '30 3 * * *' }, timezone: 'Europe/Berlin', jitterMs: 60_000, catchUpMs: 3_600_000 };
const HOURLY: ScheduleSpec = { when: { kind: 'every', everyMs: 3_600_000 }, timezone: 'UTC', jitterMs: 0, catchUpMs: 600_000 };

const [INSTALLATION, OTHER] = ['one', 'other'] as const;
const mark = (digest: string, installation: string = INSTALLATION): ScheduleMark => ({ installation, digest });

/** What every implementation of the port promises. `away` has a server that does not answer. */
export function describeBackupSchedules(subject: () => { readonly schedules: BackupSchedules; readonly away: BackupSchedules }, plan: BackupPlan): void {
  const aSchedule = (spec: ScheduleSpec = DAILY): WantedSchedule => {
    const own = { ...plan, service: `s${randomBytes(4).toString('hex')}`, source: { ...plan.source, schedule: spec } };
    const [wanted] = schedulesOf(own);
    if (!wanted) throw new Error('the source asks for no schedule');
    return wanted;
  };
  const kept = async (id: string): Promise<KeptSchedule | undefined> => (await subject().schedules.list(INSTALLATION)).find((each) => each.id === id);

  it('is listed with what it was made from, once put', async () => {
    const wanted = aSchedule();
    await subject().schedules.put(wanted, mark('aa11'));
    expect(await eventually(() => kept(wanted.id), (found) => found?.digest === 'aa11')).toEqual({ id: wanted.id, digest: 'aa11' });
  });

  it('is changed when it is put again', async () => {
    const wanted = aSchedule();
    await subject().schedules.put(wanted, mark('aa11'));
    await subject().schedules.put({ ...wanted, spec: HOURLY }, mark('bb22'));
    expect(await eventually(() => kept(wanted.id), (found) => found?.digest === 'bb22')).toEqual({ id: wanted.id, digest: 'bb22' });
  });

  it('has fared well while it is new', async () => {
    const wanted = aSchedule();
    await subject().schedules.put(wanted, mark('aa11'));
    expect(await subject().schedules.health(wanted.id)).toMatchObject({ missed: 0, paused: false, lastAt: null });
  });

  it('is gone once removed, and may be removed again', async () => {
    const wanted = aSchedule();
    await subject().schedules.put(wanted, mark('aa11'));
    await subject().schedules.remove(wanted.id, INSTALLATION);
    await subject().schedules.remove(wanted.id, INSTALLATION);
    expect(await subject().schedules.health(wanted.id)).toBeNull();
    expect(await eventually(() => kept(wanted.id), (found) => found === undefined)).toBeUndefined();
  });

  it('of another installation is neither listed, changed nor removed', async () => {
    const wanted = aSchedule();
    const { schedules } = subject();
    await schedules.put(wanted, mark('aa11', OTHER));
    await expect(schedules.put({ ...wanted, spec: HOURLY }, mark('bb22'))).rejects.toMatchObject({ code: 'SCHEDULE_TAKEN' });
    await schedules.remove(wanted.id, INSTALLATION);
    const theirs = async () => (await schedules.list(OTHER)).find(({ id }) => id === wanted.id);
    expect(await eventually(theirs, (found) => found !== undefined)).toEqual({ id: wanted.id, digest: 'aa11' });
    expect(await kept(wanted.id)).toBeUndefined();
    await schedules.remove(wanted.id, OTHER);
    expect(await schedules.health(wanted.id)).toBeNull();
  });

  describe('without a server', () => {
    it('nothing is changed, and that is said', async () => {
      const { away } = subject();
      await expect(away.list(INSTALLATION)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.put(aSchedule(), mark('aa11'))).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.remove('backup/a/b/c', INSTALLATION)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    });

    it('how one fares is not known', async () => {
      expect(await subject().away.health('backup/a/b/c')).toBeUndefined();
    });
  });
}

/** A list may lag behind by a moment. */
async function eventually<T>(look: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await look();
    if (holds(found) || Date.now() > deadline) return found;
    await sleep(100);
  }
}
