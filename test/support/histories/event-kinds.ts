import type { WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** How many events of each kind a history has; activities by what they do. */
export function eventKinds({ events }: History): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (const event of events ?? []) {
    const kind = Object.entries(event).find(([key, value]) => key.endsWith('EventAttributes') && value !== null && value !== undefined)?.[0] ?? 'unknown';
    const name = kind.replace('EventAttributes', '');
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
    const key = activity ? `${name} ${activity}` : name;
    kinds[key] = (kinds[key] ?? 0) + 1;
  }
  return kinds;
}
