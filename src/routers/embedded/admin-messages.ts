import * as z from 'zod';
import type { RouterEntry } from '../../domain/router/entry.js';
import { decodeEntry } from '../../domain/router/entry.js';

/** The entry travels in its text form, the one that HAProxy's map has. */
const Entry = z.string().transform((text, context): RouterEntry => {
  const entry = decodeEntry(text);
  if (entry) return entry;
  context.addIssue({ code: 'custom', message: `\`${text}\` is no entry` });
  return z.NEVER;
});

const Server = z.strictObject({ id: z.string(), address: z.string() });
const count = z.number();
const Counts = z.object({
  requests: count, errors: count, begun: count, headed: count, attempts: count, failedAttempts: count, quit: count, ownErrors: count, clientErrors: count,
  latency: z.array(count), waiting: count, streaming: count,
  places: z.array(z.object({ place: z.string(), address: z.string(), inFlight: count, attempts: count, headed: count })),
});
const SlotState = z.object({ servers: z.array(z.object({ address: z.string(), inRotation: z.boolean(), up: z.boolean() })), inFlight: z.number() });

/** What the admin API takes. */
export const ShiftBody = z.strictObject({
  entry: Entry, base: z.string(), clearOthers: z.boolean().default(false), despitePull: z.boolean().default(false),
});
export const PullBody = z.strictObject({ generation: z.string().min(1) });
const Fence = z.strictObject({ generation: z.string().min(1), base: z.string().min(1) });
export const FenceBody = z.strictObject({ fence: Fence });
export const ServersBody = z.strictObject({ fence: Fence, servers: z.array(Server) });
export const RemoveBody = z.strictObject({ fence: Fence, servers: z.array(Server).optional() });

/** What the admin API answers. */
/** Beside the rest of each answer to what reads or writes the state. */
export const PersistAnswer = z.object({
  persistence: z.discriminatedUnion('persisted', [
    z.object({ persisted: z.literal('yes') }), z.object({ persisted: z.literal('no'), detail: z.string() }), z.object({ persisted: z.literal('unknown'), detail: z.string() }),
  ]),
});
export const StateAnswer = z.object({
  entry: Entry, hasEntry: z.boolean(), tombstones: z.array(z.string()), epoch: z.string(), slots: z.object({ blue: SlotState, green: SlotState }),
});
export const StatesAnswer = z.object({ backends: z.record(z.string(), StateAnswer) });
export const ShiftAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['done', 'already']), entry: Entry }),
  z.object({ outcome: z.enum(['pulled', 'conflict']), entry: Entry, detail: z.string() }),
]);
export const CountersAnswer = z.object({ epoch: z.string(), slots: z.object({ blue: Counts, green: Counts }) });
export const ErrorAnswer = z.object({ code: z.string(), detail: z.string() });
