import { z } from 'zod';

/** What restic prints with `--json`, a line each; keys that nobody here needs are passed over. */
const message = z.discriminatedUnion('message_type', [
  z.object({ message_type: z.literal('status'), bytes_done: z.number().default(0), bytes_restored: z.number().default(0) }),
  z.object({
    message_type: z.literal('summary'), snapshot_id: z.string().optional(), total_bytes_processed: z.number().default(0), data_added_packed: z.number().default(0),
  }),
  z.object({ message_type: z.literal('error'), message: z.string().optional(), error: z.object({ message: z.string() }).optional(), item: z.string().optional() }),
  z.object({ message_type: z.literal('exit_error'), message: z.string() }),
  z.object({
    message_type: z.literal('node'), type: z.string(), path: z.string(), size: z.number().default(0),
    mode: z.number().optional(), uid: z.number().optional(), gid: z.number().optional(), mtime: z.string().optional(),
  }),
]);
export type ResticMessage = z.infer<typeof message>;
export type ResticSummary = Extract<ResticMessage, { message_type: 'summary' }>;
export type ResticNode = Extract<ResticMessage, { message_type: 'node' }>;

/** @returns undefined for a line that is no message, or none of those that matter */
export function parseMessage(line: string): ResticMessage | undefined {
  return message.safeParse(jsonOf(line)).data;
}

const snapshots = z.array(z.object({ id: z.string(), time: z.string(), tags: z.array(z.string()).default([]) }));
export type ResticSnapshot = z.infer<typeof snapshots>[number];

/** @returns undefined for what is no list of snapshots */
export function parseSnapshots(text: string): readonly ResticSnapshot[] | undefined {
  return snapshots.safeParse(jsonOf(text)).data;
}

/** `restic 0.18.1`, whether or not it knows `--json`. @returns undefined when it does not say */
export function parseVersion(text: string): { readonly major: number; readonly minor: number; readonly text: string } | undefined {
  const [, major, minor, patch] = /(?:restic |"version":")(\d+)\.(\d+)(\.\d+)?/.exec(text) ?? [];
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor), text: `${major}.${minor}${patch ?? ''}` };
}

/** The complaints in an error output, in restic's own words and without its advice; what is no message counts as it stands. */
export function complaints(stderr: string): string[] {
  const lines = stderr.split('\n').flatMap((line) => {
    const parsed = parseMessage(line);
    if (parsed?.message_type === 'error') return [withItem(parsed)];
    if (parsed?.message_type === 'exit_error') return [parsed.message];
    return line.startsWith('{') ? [] : [line];
  });
  return [...new Set(lines.map((line) => line.replace(/^Fatal: /, '').trim()))].filter((line) => line !== '');
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** The complaints without the names of files, which may read like one: what a fault is told by. */
export function causes(stderr: string): string[] {
  const messages = stderr.split('\n').map((line) => ({ line, said: parseMessage(line) }));
  const items = [...new Set(messages.flatMap(({ said }) => (said?.message_type === 'error' ? (said.item ?? []) : [])))];
  return messages.flatMap(({ line, said }) => {
    if (said?.message_type === 'error') return [without(textOf(said), said.item === undefined ? [] : [said.item])];
    if (said?.message_type === 'exit_error') return [without(said.message, items)];
    return line.startsWith('{') ? [] : [without(line, [])];
  });
}

function without(text: string, names: readonly string[]): string {
  return names.reduce((rest, name) => rest.replaceAll(name, ''), text).replaceAll(QUOTED, '');
}

function textOf({ error, message: text }: Pick<Extract<ResticMessage, { message_type: 'error' }>, 'error' | 'message'>): string {
  return error?.message ?? text ?? '';
}

function withItem(said: Extract<ResticMessage, { message_type: 'error' }>): string {
  return [said.item, textOf(said)].filter(Boolean).join(': ');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
