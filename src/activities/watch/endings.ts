import type { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { endOfWatch } from '../../domain/analysis/end-of-watch.js';
import { reasonOf, type Verdict } from '../../domain/analysis/verdict.js';
import type { ActedOn, Ending } from './board.js';
import { takeBack } from './taking-back.js';
import type { WatchRun } from './watch-run.js';

/** Carries out a decision. A pull leaves before anything else is done, even before it is written down. */
export async function actOn(run: WatchRun, decision: ActedOn, arrivedAt: number): Promise<Ending> {
  const { verdict } = decision;
  switch (decision.kind) {
    case 'breach': {
      const pulling = decision.pull ? takeBack(run, arrivedAt) : null;
      announce(run, 'breach', verdict);
      return { end: { ended: 'breach', verdict, pulled: await pulling } };
    }
    case 'error': {
      const pulling = decision.pull ? takeBack(run, arrivedAt) : null;
      announce(run, 'not-judged', verdict);
      await pulling;
      return { end: { ended: 'error', verdict } };
    }
    case 'no-stable':
      announce(run, 'breach', verdict);
      return { end: { ended: 'no-stable', verdict } };
    case 'no-data':
    case 'stable-down':
      announce(run, decision.kind, verdict);
      return { end: { ended: decision.kind, verdict } };
  }
}

function announce({ deps: { logger }, input, journal }: WatchRun, kind: string, verdict: Verdict): void {
  const reason = reasonOf(verdict);
  journal.record(kind, reason, { step: input.step, verdict: verdict.kind });
  logger.warn(`The watch of a candidate ends: ${kind}`, { deployment: input.deployment, step: input.step, reason });
}

/**
 * An end that leaves the candidate its share, good or not, comes only while the server still counts on this attempt: else nobody would hear of
 * it, and nobody watch. Asking does not stop the watch.
 */
export async function confirm(run: WatchRun): Promise<void> {
  const { deps: { clock }, input, board, journal, attendance } = run;
  if (!(await attendance.isHeard())) return;
  const now = clock.now();
  const decision = endOfWatch(board.state, input, now);
  if (decision.kind === 'go-on') return;
  if (decision.kind !== 'complete') return board.close(() => actOn(run, decision, now));
  board.close(async () => {
    const { verdict } = decision;
    const kind = input.endsOnceJudged ? 'judged-again' : 'baked';
    journal.record(kind, reasonOf(verdict), { step: input.step, verdict: verdict.kind, bakedMs: board.state.bakedMs });
    return { end: { ended: 'complete', verdict } };
  });
}

/** Lets another worker try, which may reach what this one cannot. Without a server nobody would come, so this one goes on. */
export async function handOver({ board, attendance }: WatchRun): Promise<void> {
  if (!(await attendance.isHeard())) return;
  const { verdict } = board.state;
  if (verdict?.kind !== 'error') return;
  const error = ApplicationFailure.create({
    type: 'JUDGE_ERROR', message: `The candidate could not be judged: ${reasonOf(verdict)}.`, nextRetryDelay: '1s', category: ApplicationFailureCategory.BENIGN,
  });
  board.close(async () => ({ error }));
}

/**
 * A requested cancel is an end of its own. Any other (a worker that shuts down, work that was given away) is none: thrown,
 * it lets the next attempt go on, and can never be taken for a finished watch.
 */
export function leave({ cancellationDetails, cancellationSignal }: Context): Ending {
  if (cancellationDetails?.cancelRequested) return { end: { ended: 'stopped' } };
  const reason: unknown = cancellationSignal.reason;
  return { error: reason instanceof Error ? reason : new CancelledFailure('The watch was taken from this worker.') };
}

/** Cancelled by nobody: heartbeats were not answered in time. The SDK marks that as `notFound` too, though it asked no server. */
export function givenUpLocally({ cancellationDetails: why }: Context): boolean {
  return why?.timedOut === true && !why.cancelRequested && !why.workerShutdown;
}
