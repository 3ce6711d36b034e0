import { ScheduleAlreadyRunning, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { isScheduleId } from '../../domain/backup/schedules.js';
import { SlipwayError } from '../../domain/errors.js';
import { temporalServer, type TemporalServerOptions } from '../temporal/temporal-server.js';
import type { BackupSchedules, KeptSchedule, ScheduleHealth } from './backup-schedules.js';
import { digestOfNote, keptState, markedNote, scheduleOptions } from './temporal-schedule-options.js';

/** In the memo of each of ours: another one that has such an id is left alone. */
const OURS = 'slipway';

/** Temporal Schedules. They start whether or not a process of ours runs. */
export function createTemporalBackupSchedules(options: TemporalServerOptions): BackupSchedules {
  const server = temporalServer(options);
  const { schedule: schedules } = server.client;
  return {
    list: () =>
      server.calling(async () => {
        const kept: KeptSchedule[] = [];
        for await (const { scheduleId, memo, state } of schedules.list({ pageSize: 200 })) {
          if (memo?.[OURS] === true && isScheduleId(scheduleId)) kept.push({ id: scheduleId, digest: digestOfNote(state.note) });
        }
        return kept;
      }),
    put: (wanted, digest) =>
      server.calling(async () => {
        const made = scheduleOptions(wanted);
        try {
          await schedules.create({ ...made, scheduleId: wanted.id, memo: { [OURS]: true }, state: { note: markedNote(undefined, digest) } });
        } catch (error) {
          if (!(error instanceof ScheduleAlreadyRunning)) throw refusalOf(error);
          await schedules.getHandle(wanted.id).update((before) => ({ ...made, state: keptState(before, digest) })).catch((failure: unknown) => {
            throw refusalOf(failure);
          });
        }
      }),
    remove: (id) =>
      server.calling(async () => {
        try {
          await schedules.getHandle(id).delete();
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error;
        }
      }),
    health: (id) =>
      server.asking(async () => {
        try {
          return healthOf(await schedules.getHandle(id).describe());
        } catch (error) {
          if (error instanceof ScheduleNotFoundError) return null;
          throw error;
        }
      }),
  };
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
