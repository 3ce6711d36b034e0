import { setTimeout as sleep } from 'node:timers/promises';
import { counted, megabytes } from '../demo/figures.js';
import type { Screen } from '../screen.js';
import { stopRequests } from '../stop-requests.js';
import { type Acts, backUp, damage, drill, inspect, restoreAndSwap, tryRestore } from './acts.js';
import { openScene, type Undo } from './open-scene.js';
import { startWriters } from './writers.js';

const WARM_UP_MS = 500;

/**
 * The whole of `npm run demo:backup`: a database is backed up, damaged and brought back with clients writing to it. Leaves nothing behind.
 *
 * @throws what went wrong; everything is stopped by then
 */
export async function runDatabaseDemo(env: NodeJS.ProcessEnv, screen: Screen): Promise<void> {
  const signal = stopRequests(env);
  const undo: Undo = [];
  try {
    await show(env, screen, undo, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    screen.current(undefined);
    screen.line(signal.aborted ? '\nStopping …' : '\nCleaning up …');
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
    screen.line('Stopped. Nothing is left of it.');
  }
}

async function show(env: NodeJS.ProcessEnv, screen: Screen, undo: Undo, signal: AbortSignal): Promise<void> {
  const scene = await openScene(env, screen, undo, signal);
  const size = await scene.shop.sizeOf();
  const ordersBefore = await scene.shop.firstOrders();
  const writers = startWriters(scene.shop.url);
  undo.push(() => writers.stop());
  await sleep(WARM_UP_MS, undefined, { signal });
  screen.line(`\nA shop on PostgreSQL ${scene.postgresVersion}, and a stack of its own for it: ${scene.apiUrl}/docs, files in ${scene.folder}`);
  screen.line(`  ${counted(size.tables, 'table')}, ${size.rows} rows, ${megabytes(size.bytes)}; ${counted(writers.clients, 'client')} write all the while`);
  const acts: Acts = { ...scene, screen, writers, signal };
  const backup = await backUp(acts);
  await inspect(acts, backup);
  await damage(acts);
  await tryRestore(acts, backup);
  await restoreAndSwap(acts, backup, ordersBefore);
  await drill(acts);
}
