import { keepRunning, type Keeper, type KeepOptions } from './keep-running.js';
import type { Part } from './part.js';

/** Parts that need nothing of each other and start together. */
export type Stage = readonly Part[];

export interface Supervisor {
  /** Ends all parts, the last stage first; returns when all are gone. */
  stop(): Promise<void>;
}

/**
 * Starts the stages in order, each when all of the one before are ready, and keeps all parts running.
 *
 * @throws what the first part that does not come up throws; everything is stopped again by then
 */
export async function supervise(stages: readonly Stage[], optionsFor: (part: Part) => KeepOptions, signal: AbortSignal): Promise<Supervisor> {
  const started: Keeper[][] = [];
  const stop = async () => {
    for (const stage of started.toReversed()) await Promise.all(stage.map((keeper) => keeper.stop()));
  };
  try {
    for (const stage of stages) {
      const keepers: Keeper[] = [];
      started.push(keepers);
      const results = await Promise.allSettled(stage.map(async (part) => keepers.push(await keepRunning(part, optionsFor(part), signal))));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
