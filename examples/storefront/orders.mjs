import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^order-[\w-]+\.json$/;

/**
 * Orders as files, one each, in a folder that may be a link. It is looked up anew for each request, so that a restore may make the link lead elsewhere.
 * @param {string} folder
 */
export function createOrders(folder) {
  // Beside the folder and on its file system: a backup never meets half an order, and a rename is enough.
  const incoming = `${folder}.incoming`;
  return {
    /** Answers when the order survives a power cut. */
    async place(order) {
      const id = `order-${Date.now()}-${randomUUID()}`;
      await mkdir(incoming, { recursive: true });
      const half = join(incoming, id);
      try {
        await writeDurably(half, `${JSON.stringify({ ...order, id, placedAt: new Date().toISOString() })}\n`);
        const live = await realpath(folder);
        await rename(half, join(live, `${id}.json`));
        await syncFolder(live);
      } catch (error) {
        await rm(half, { force: true });
        throw error;
      }
      return id;
    },
    /** How many there are, and a SHA-256 of all names and contents. */
    async summary() {
      const live = await realpath(folder);
      const names = (await readdir(live)).filter((name) => NAME.test(name)).sort();
      const all = createHash('sha256');
      for (const name of names) {
        all.update(`${name}\0`);
        all.update(createHash('sha256').update(await readFile(join(live, name))).digest());
      }
      return { count: names.length, checksum: all.digest('hex') };
    },
  };
}

async function writeDurably(file, text) {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder) {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
