import type { SeenSchedule } from '../../app/backup/schedule-board.js';
import type { Family } from './metric-family.js';

/** How the schedules of backups and drills have fared, as this process last saw it: within the last minute. */
export function scheduleFamilies(schedules: readonly SeenSchedule[]): Family[] {
  const all = schedules.map(({ service, environment, source, kind, inForce, health }) => ({ labels: { service, environment, source, schedule: kind }, inForce, health }));
  const rows = all.flatMap(({ labels, health }) => (health ? [{ labels, health }] : []));
  return [
    {
      name: 'slipway_backup_schedule_not_in_force', help: 'Whether the schedule that the definition asks for is not there, or not as it asks.', type: 'gauge',
      samples: all.map(({ labels, inForce }) => ({ labels, value: inForce ? 0 : 1 })),
    },
    {
      name: 'slipway_backup_schedule_missed_total', help: 'Starts that nobody carried out within the catch-up window.', type: 'counter',
      samples: rows.map(({ labels, health }) => ({ labels, value: health.missed })),
    },
    {
      name: 'slipway_backup_schedule_paused', help: 'Whether somebody paused the schedule in Temporal.', type: 'gauge',
      samples: rows.map(({ labels, health }) => ({ labels, value: health.paused ? 1 : 0 })),
    },
  ];
}
