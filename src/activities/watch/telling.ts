import type { WatchRun } from './watch-run.js';

const PAUSE_MS = 1_000;

/** Tells the run that every router instance confirmed the shift, so that what people see is what is. A server that is away is told later. */
export async function telling(run: WatchRun, shift: Promise<void>): Promise<void> {
  await shift;
  const { deps: { clock, reportShift, logger }, input, board } = run;
  while (input.shift && board.state.shifted && !board.over.aborted) {
    try {
      await reportShift(run.workflow, input.shift.entry);
      return;
    } catch (error) {
      logger.info('the run could not be told of its shift yet', { error });
      await clock.sleep(PAUSE_MS, board.over);
    }
  }
}
