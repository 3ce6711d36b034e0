import { readdir, readFile } from 'node:fs/promises';

const MIB = 1024 * 1024;
/** The unit of utime and stime in /proc on Linux, for every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

export interface TreeUse {
  readonly processes: number;
  /** Resident, summed: a page that two processes share counts twice. */
  readonly rssMb: number;
  /** A page that n processes share counts 1/n in each. */
  readonly pssMb: number;
  readonly cpuSeconds: number;
}

/** A process and everything below it, now. Linux only. */
export async function useOfTree(root: number): Promise<TreeUse> {
  const pids = await treeOf(root);
  const uses = (await Promise.all(pids.map(useOf))).flatMap((use) => (use ? [use] : []));
  const total = (what: 'rssMb' | 'pssMb' | 'cpuSeconds'): number => uses.reduce((sum, use) => sum + use[what], 0);
  return { processes: uses.length, rssMb: total('rssMb'), pssMb: total('pssMb'), cpuSeconds: total('cpuSeconds') };
}

async function treeOf(root: number): Promise<readonly number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map(await Promise.all(all.map(async (pid): Promise<[number, number]> => [Number(pid), Number((await statFields(pid))?.[1] ?? 0)])));
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
}

async function useOf(pid: number): Promise<Omit<TreeUse, 'processes'> | undefined> {
  const [fields, rollup] = await Promise.all([statFields(String(pid)), readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')]);
  if (!fields) return undefined;
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  return { rssMb: (kib('Rss') * 1024) / MIB, pssMb: (kib('Pss') * 1024) / MIB, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
}

/** From the state on: the name before it may hold spaces. Undefined when the process has ended. */
async function statFields(pid: string): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}
