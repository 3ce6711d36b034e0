import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';

const historySchema = z.object({ events: z.array(z.record(z.string(), z.json())) });

type Json = z.infer<ReturnType<typeof z.json>>;

/** Says who recorded it, and where: nothing that a replay reads. */
const PRIVATE: readonly string[] = ['identity', 'stackTrace'];

/** A history in the form that `temporal workflow show -o json` prints, an event a line, without names of machines and paths. */
export function historyText(history: Parameters<typeof historyToJSON>[0]): string {
  const { events } = historySchema.parse(JSON.parse(historyToJSON(history)));
  return `{"events":[\n${events.map((event) => JSON.stringify(withoutPlace(event))).join(',\n')}\n]}\n`;
}

function withoutPlace(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutPlace);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !PRIVATE.includes(key)).map(([key, inner]) => [key, withoutPlace(inner)]));
}
