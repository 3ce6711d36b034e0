import { readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface OrdersDamage {
  readonly deleted: number;
  readonly overwritten: number;
}

const OVERWRITTEN = 3;
/** Few enough for a restore to name each of them. */
const ONE_IN = 10;

/** What somebody's script did by mistake: some orders are gone, some hold something else. Touches files of the folder only. */
export async function damageOrders(folder: string): Promise<OrdersDamage> {
  const live = await realpath(folder);
  const names = (await readdir(live)).sort();
  const deleted = names.filter((_, index) => index % ONE_IN === 0);
  const overwritten = names.filter((_, index) => index % ONE_IN === 1).slice(0, OVERWRITTEN);
  for (const name of deleted) await rm(join(live, name));
  for (const name of overwritten) await writeFile(join(live, name), '{"oops":true}\n');
  return { deleted: deleted.length, overwritten: overwritten.length };
}
