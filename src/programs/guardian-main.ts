/**
 * The process that outlives the one that started it, for as long as it takes to end what that one leaves behind.
 * Standard input: `+<group>`, `+<group> <until, by the monotonic clock>` and `-<group>`, a line each. Its end means that the starter is gone, however it died.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { guardGroups } from './guarded-groups.js';
import { endGroup } from './process-group.js';
import { isAlive, type ProcessIdentity } from './process-identity.js';

const GRACE_MS = 3_000;

// Whoever ends the starter by a signal to everything around it must not end this first.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const { values } = parseArgs({ options: { records: { type: 'string' } } });

const groups = guardGroups();

for await (const line of createInterface({ input: process.stdin })) {
  const [, sign, digits, until] = /^([+-])(\d+)(?: (\d+))?$/.exec(line) ?? [];
  const group = Number(digits);
  if (sign === '+') groups.add(group, until === undefined ? undefined : Number(until));
  if (sign === '-') groups.delete(group);
}

await Promise.all([...groups.ours, ...recorded(values.records)].map((group) => endGroup(group, GRACE_MS)));
process.exit(0);

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
