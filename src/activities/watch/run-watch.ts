import type { Context } from '@temporalio/activity';
import { withStableAtPace } from '../../domain/analysis/stable-pace.js';
import { beginAt } from '../../domain/analysis/doubts.js';
import { knownAfter } from '../../domain/analysis/known-traffic.js';
import { progressOf, startWatch } from '../../domain/analysis/watch-state.js';
import { messageOf } from '../../domain/errors.js';
import type { WatchInput, WatchProgress, WatchResult } from '../../domain/deployment/watching.js';
import { asking } from './asking.js';
import { createAttendance } from './attendance.js';
import { createBoard, type Ending } from './board.js';
import { counting } from './counting.js';
import { actOn, confirm, givenUpLocally, handOver, leave } from './endings.js';
import { createJournal } from './journal.js';
import type { KeptEnds } from './kept-ends.js';
import { probing } from './probing.js';
import { reading } from './reading.js';
import { repeat } from './repeat.js';
import { shifting } from './shifting.js';
import { telling } from './telling.js';
import type { WatchDeps } from './watch-deps.js';
import type { WatchRun } from './watch-run.js';
import { within } from './within.js';

/** A shift in flight is waited for so long when the watch ends: every router call ends within a few seconds. */
const JOIN_MS = 5_000;

export interface WatchAttempt {
  readonly input: WatchInput;
  /** Of all watches of this process. */
  readonly ends: KeptEnds;
  readonly context: Context;
}

/** One attempt at a watch, from its first sample to its end. */
export async function runWatch(deps: WatchDeps, { input, ends, context }: WatchAttempt): Promise<WatchResult> {
  const watch = `${context.info.workflowExecution?.runId}/${context.info.activityId}`;
  // What an attempt before this one found, whose answer was lost.
  const lost = ends.of(watch);
  if (lost) return lost;
  const run = createRun(deps, withStableAtPace(input), context);
  const { board } = run;
  const onCancel = () => onCancellation(run, context);
  context.cancellationSignal.addEventListener('abort', onCancel);
  if (context.cancellationSignal.aborted) onCancel();
  try {
    const shift = shifting(run);
    const parts = [shift, telling(run, shift), probing(run), counting(run), asking(run), reading(run), beating(run), run.attendance.keep()];
    // A part that breaks is a fault of the code: the attempt fails by it, and the next one goes on from the last beat.
    Promise.all(parts).catch((error: unknown) => board.close(async () => ({ error: error instanceof Error ? error : new Error(String(error)) })));
    const ending = await board.ended;
    await within(deps.clock, JOIN_MS, shift);
    const result = await conclude(run, ending);
    ends.keep(watch, result, input);
    // An attempt beside this one may have pulled and known why.
    return result.end.ended === 'pulled' ? ends.of(watch) ?? result : result;
  } finally {
    context.cancellationSignal.removeEventListener('abort', onCancel);
  }
}

function onCancellation(run: WatchRun, context: Context): void {
  // Without a server the SDK gives an attempt up by its own clock. That is when a watch is needed most: it goes on until the server itself says otherwise.
  if (givenUpLocally(context)) void run.attendance.outlast();
  else run.board.close(async () => leave(context));
}

function createRun(deps: WatchDeps, input: WatchInput, context: Context): WatchRun {
  const { activityId, attempt, taskToken, workflowExecution } = context.info;
  const now = deps.clock.now();
  const start = beginAt(deps.worker, startWatch(input, earlierProgress(context), now));
  const carried = [...input.carried, ...(start.seen.unwritten ?? [])];
  const journal = createJournal({ events: deps.events, clock: deps.clock, deployment: input.deployment, activityId, attempt, carried });
  const board = createBoard(input, start, now, {
    confirm: () => void confirm(run),
    handOver: () => void handOver(run),
    act: (decision, arrivedAt) => actOn(run, decision, arrivedAt),
  });
  const progress = () => ({ ...progressOf(board.state), counters: { ...board.state.seen, unwritten: journal.unwritten(input.carried) } });
  const run: WatchRun = {
    deps, input, router: deps.routers(input.router), board, journal, progress, disk: { told: input.toldPersisted ?? 'yes' },
    workflow: { workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' },
    beat: () => context.heartbeat(progress()),
    attendance: createAttendance(() => run, taskToken),
  };
  return run;
}

function earlierProgress({ info }: Context): WatchProgress | undefined {
  // Only this activity beats with its token, and only with its progress.
  return (info.heartbeatDetails ?? undefined) as WatchProgress | undefined;
}

async function beating(run: WatchRun): Promise<void> {
  const { deps: { clock }, input, board } = run;
  await repeat(clock, board.over, () => input.heartbeatTimeoutMs / 3, async () => run.beat());
}

async function conclude(run: WatchRun, ending: Ending): Promise<WatchResult> {
  if ('error' in ending) {
    run.deps.logger.info('An attempt at a watch ends, another goes on', { deployment: run.input.deployment, reason: messageOf(ending.error) });
    run.beat();
    throw ending.error;
  }
  const unwritten = await run.journal.close();
  const { board: { state } } = run;
  const known = knownAfter(state.seen);
  return { end: ending.end, progress: progressOf(state), ...(known && { known }), notes: Object.values(state.seen.notes), unwritten };
}
