import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutFolder } from '../src/dev/checkout.js';
import type { Figure } from './benchmark.js';
import type { Machine } from './machine.js';

export interface Results {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
}

const FILE = join(checkoutFolder(), 'bench', 'results.json');

/** @returns undefined before the first run */
export async function readResults(): Promise<Results | undefined> {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  // Written by this program only.
  return text === undefined ? undefined : (JSON.parse(text) as Results);
}

export async function writeResults(results: Results): Promise<void> {
  await writeFile(`${FILE}.next`, `${JSON.stringify(results, null, 2)}\n`);
  await rename(`${FILE}.next`, FILE);
}

/** Figures that were not measured now stay, where machine and versions are the same. @param order all ids, as they are listed */
export function merged(before: Results | undefined, now: Results, order: readonly string[]): Results {
  const same = before !== undefined && JSON.stringify([before.machine, before.versions]) === JSON.stringify([now.machine, now.versions]);
  const kept = same ? before.figures.filter(({ id }) => order.includes(id) && now.figures.every((figure) => figure.id !== id)) : [];
  const figures = [...kept, ...now.figures].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  return { ...now, figures };
}
