import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

/** A folder with a file for each order. */
export interface OrdersFolder {
  readonly path: string;
  /** Names of all orders, in order. */
  orders(): Promise<readonly string[]>;
  add(name: string, bytes?: number): Promise<void>;
  remove(name: string): Promise<void>;
}

export async function createOrdersFolder(path: string, names: readonly string[], bytes = 100): Promise<OrdersFolder> {
  await mkdir(path, { recursive: true });
  const folder: OrdersFolder = {
    path,
    orders: async () => (await readdir(path)).toSorted(),
    add: (name, size = bytes) => writeFile(join(path, name), randomBytes(size)),
    remove: (name) => rm(join(path, name)),
  };
  for (const name of names) await folder.add(name);
  return folder;
}
