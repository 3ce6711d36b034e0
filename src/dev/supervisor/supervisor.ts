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
      await startTogether(stage, async (part, until) => void keepers.push(await keepRunning(part, optionsFor(part), until)), signal);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** The first that fails ends the wait for the others. */
async function startTogether(stage: Stage, start: (part: Part, until: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const causes: unknown[] = [];
  await Promise.all(stage.map(async (part) => {
    try {
      await start(part, until);
    } catch (error) {
      causes.push(error);
      failed.abort();
    }
  }));
  if (causes.length > 0) throw causes[0];
}
