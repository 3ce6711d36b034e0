import { Context } from '@temporalio/activity';
import type { WatchInput, WatchResult } from '../../domain/deployment/watching.js';
import { createKeptEnds } from './kept-ends.js';
import { runWatch } from './run-watch.js';
import type { WatchDeps } from './watch-deps.js';

export interface WatchActivities {
  /**
   * Watches a candidate that has traffic, or is about to get it, until the bake's end, a breach or a cancel; takes a bad one back by itself.
   *
   * Run it with unlimited attempts, `heartbeatTimeoutMs` of its input, a start-to-close timeout of days and WAIT_CANCELLATION_COMPLETED.
   * Attempts may overlap. Rejects only to let another attempt go on: JUDGE_ERROR, or a cancel that nobody requested.
   */
  watch(input: WatchInput): Promise<WatchResult>;
}

export function createWatchActivities(deps: WatchDeps): WatchActivities {
  const ends = createKeptEnds();
  return { watch: (input) => runWatch(deps, { input, ends, context: Context.current() }) };
}
