import { ScheduleAlreadyRunning, type ScheduleDescription, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { isScheduleId } from '../../domain/backup/schedules.js';
import { SlipwayError } from '../../domain/errors.js';
import { temporalServer, type TemporalServerOptions } from '../temporal/temporal-server.js';
import type { BackupSchedules, KeptSchedule, ScheduleHealth } from './backup-schedules.js';
import { isOurs, scheduleMemo } from './schedule-memo.js';
import { digestOfNote, keptState, markedNote, scheduleOptions } from './temporal-schedule-options.js';

/** Temporal Schedules. They start whether or not a process of ours runs. */
export function createTemporalBackupSchedules(options: TemporalServerOptions): BackupSchedules {
  const server = temporalServer(options);
  const { schedule: schedules } = server.client;
  return {
    list: (installation) =>
      server.calling(async () => {
        const kept: KeptSchedule[] = [];
        for await (const { scheduleId, memo, state } of schedules.list({ pageSize: 200 })) {
          if (isOurs(memo, installation) && isScheduleId(scheduleId)) kept.push({ id: scheduleId, digest: digestOfNote(state.note) });
        }
        return kept;
      }),
    put: (wanted, { installation, digest }) =>
      server.calling(async () => {
        const made = scheduleOptions(wanted);
        try {
          await schedules.create({ ...made, scheduleId: wanted.id, memo: scheduleMemo(installation), state: { note: markedNote(undefined, digest) } });
        } catch (error) {
          if (!(error instanceof ScheduleAlreadyRunning)) throw refusalOf(error);
          await schedules.getHandle(wanted.id).update((before) => {
            if (!isOurs(before.memo, installation)) throw takenBy(before);
            return { ...made, state: keptState(before, digest) };
          }).catch((failure: unknown) => {
            throw refusalOf(failure);
          });
        }
      }),
    remove: (id, installation) =>
      server.calling(async () => {
        const handle = schedules.getHandle(id);
        const found = await describe(handle);
        if (found && isOurs(found.memo, installation)) await handle.delete().catch(unlessGone);
      }),
    health: (id) =>
      server.asking(async () => {
        const found = await describe(schedules.getHandle(id));
        return found && healthOf(found);
      }),
  };
}

function describe(handle: ScheduleHandle): Promise<ScheduleDescription | null> {
  return handle.describe().catch(unlessGone);
}

function unlessGone(error: unknown): null {
  if (error instanceof ScheduleNotFoundError) return null;
  throw error;
}

function takenBy({ scheduleId }: ScheduleDescription): SlipwayError {
  return new SlipwayError('SCHEDULE_TAKEN', `Schedule ${scheduleId} was put by another installation of Slipway, or another program, in the same Temporal namespace, and stays as it is.`);
}

/** The client tells times that the server does not understand as a TypeError. */
function refusalOf(error: unknown): unknown {
  return error instanceof TypeError ? new SlipwayError('TEMPORAL_REFUSED', `Temporal refused the schedule: ${error.message}.`, { cause: error }) : error;
}

function healthOf({ info, state }: ScheduleDescription): ScheduleHealth {
  return {
    next: info.nextActionTimes.slice(0, 3).map((at) => at.toISOString()),
    lastAt: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
    missed: info.numActionsMissedCatchupWindow + info.numActionsSkippedOverlap,
    paused: state.paused,
  };
}
