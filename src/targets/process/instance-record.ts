import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SlotRef } from '../target.js';

const schema = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  target: z.string(),
  service: z.string(),
  environment: z.string(),
  slot: z.enum(['blue', 'green']),
  id: z.string(),
  deployment: z.string(),
  version: z.string(),
  host: z.string(),
  port: z.int().positive(),
  /** What the service told the target: with it an instance can be started again as it was. */
  with: z.record(z.string(), z.json()).default({}),
});

/** One instance, as it is kept on disk: what a worker that comes later finds it by. Also a record of the guardian. */
export type InstanceRecord = Readonly<z.infer<typeof schema>>;

/** The records of a folder. All calls are synchronous: between the start of a process and its record nothing else may happen. */
export function instanceRecords(folder: string) {
  const pathOf = ({ service, environment, slot, id }: InstanceRecord) => join(folder, `${service}.${environment}.${slot}.${id}.json`);

  const all = (): InstanceRecord[] => readdirSync(folder).filter((file) => file.endsWith('.json')).flatMap((file) => read(join(folder, file)));

  return {
    all,
    of: (target: string, ref: SlotRef) => all().filter((record) => record.target === target && sameSlot(record, ref)),
    write(record: InstanceRecord): void {
      const path = pathOf(record);
      writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
    delete: (record: InstanceRecord) => rmSync(pathOf(record), { force: true }),
  };
}

/** A file that is gone meanwhile, or is not one of ours, is no record. */
function read(path: string): InstanceRecord[] {
  try {
    const { success, data } = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return success ? [data] : [];
  } catch {
    return [];
  }
}

function sameSlot(record: InstanceRecord, ref: SlotRef): boolean {
  return record.service === ref.service && record.environment === ref.environment && record.slot === ref.slot;
}
