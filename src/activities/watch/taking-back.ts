import { stableIsDown } from '../../domain/analysis/end-of-watch.js';
import type { PullSummary, WatchInput } from '../../domain/deployment/watching.js';
import type { Generation } from '../../domain/router/entry.js';
import { pullAll } from './pull-all.js';
import type { WatchRun } from './watch-run.js';

/** Every generation that may give the candidate a share now. */
export function liveGenerations({ generations, shift }: WatchInput): readonly Generation[] {
  return [...new Set([...(shift ? [shift.entry.generation] : []), ...generations])];
}

/** Takes the candidate's traffic back, at once. The call to the router leaves before this first yields; all else comes after. */
export async function takeBack({ deps, input, router, journal }: WatchRun, since: number): Promise<PullSummary> {
  const pulled = await pullAll({ router, backend: input.backend, generations: liveGenerations(input), except: input.except, since }, deps.clock);
  const { breachToZeroMs, unreached } = pulled;
  const text = unreached.length === 0 ? 'The candidate has no share any more.' : `The candidate was pulled; not confirmed by ${unreached.join(', ')}.`;
  journal.record('pulled', text, { breachToZeroMs, unreached: [...unreached], step: input.step });
  return pulled;
}

/** The same, unless stable could not take the traffic: then it stays where it is. */
export async function takeBackIfStableServes(run: WatchRun): Promise<void> {
  const now = run.deps.clock.now();
  if (!stableIsDown(run.board.state, run.input, now)) await takeBack(run, now);
}
