/**
 * The process that outlives the one that started it, for as long as it takes to end what that one leaves behind.
 * Standard input: `+<group>` and `-<group>`, a line each. Its end means that the starter is gone, however it died.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { endGroup } from './process-group.js';
import { isAlive, type ProcessIdentity, startTimeOf } from './process-identity.js';

const GRACE_MS = 3_000;

// Whoever ends the starter by a signal to everything around it must not end this first.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const { values } = parseArgs({ options: { records: { type: 'string' } } });

/** By group, when its leader began; undefined when the leader had already gone, which leaves the group to its members. */
const groups = new Map<number, string | undefined>();

for await (const line of createInterface({ input: process.stdin })) {
  const [, sign, digits] = /^([+-])(\d+)$/.exec(line) ?? [];
  const group = Number(digits);
  if (sign === '+') groups.set(group, startTimeOf(group));
  if (sign === '-') groups.delete(group);
}

await Promise.all([...leftBehind(groups), ...recorded(values.records)].map((group) => endGroup(group, GRACE_MS)));
process.exit(0);

/** A group whose number now belongs to a leader that began later is somebody else's. */
function leftBehind(registered: ReadonlyMap<number, string | undefined>): number[] {
  return [...registered].filter(([group, began]) => [undefined, began].includes(startTimeOf(group))).map(([group]) => group);
}

function recorded(folder: string | undefined): number[] {
  if (folder === undefined) return [];
  return jsonFiles(folder).flatMap((file) => {
    const record = readRecord(join(folder, file));
    return record && isAlive(record) ? [record.pid] : [];
  });
}

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
}

function readRecord(path: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime }: Partial<Record<keyof ProcessIdentity, unknown>> = JSON.parse(readFileSync(path, 'utf8'));
    return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}
