import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFakeEngine } from '../../../src/engines/fake/fake-engine.js';
import { createDelivery } from '../delivery.js';
import { startServices } from '../services.js';
import { FROM_NOTHING, HISTORY_CASES, type HistoryCase } from './cases.js';
import { historyText } from './history-text.js';

/**
 * Takes a run down each path on a server of its own and writes its history as `<workflow>-<case>.json`.
 *
 * @param only the cases to record; none: all, and what the folder held before is gone.
 */
export async function recordHistories(folder: string, only: readonly string[], say: (line: string) => void): Promise<void> {
  const services = await startServices();
  try {
    const recorded = await Promise.all(Object.entries(HISTORY_CASES).filter(([name]) => only.length === 0 || only.includes(name)).map(async ([name, take]) => {
      const text = await record(name, take);
      say(`${name}: ${text.split('\n').length - 3} events`);
      return [name, text] as const;
    }));
    if (only.length === 0) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await Promise.all(recorded.map(([name, text]) => writeFile(join(folder, `${name}.json`), text)));
  } finally {
    await services.stop();
  }
}

async function record(name: string, take: HistoryCase): Promise<string> {
  const delivery = await createDelivery({ instances: ['a', 'b'], engine: createFakeEngine({ name: 'vault' }) });
  try {
    if (!FROM_NOTHING.includes(name)) await delivery.settleV1();
    const handle = await take(delivery);
    return historyText(await handle.fetchHistory());
  } finally {
    await delivery.close();
  }
}
