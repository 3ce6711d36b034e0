import type { WatchInput, WatchProgress } from '../../domain/deployment/watching.js';
import type { Router } from '../../routers/router.js';
import type { Attendance } from './attendance.js';
import type { Board } from './board.js';
import type { Journal } from './journal.js';
import type { WatchDeps } from './watch-deps.js';

/** What the parts of one attempt share. */
export interface WatchRun {
  readonly deps: WatchDeps;
  readonly input: WatchInput;
  readonly router: Router;
  readonly board: Board;
  readonly journal: Journal;
  readonly attendance: Attendance;
  /** What the next attempt would go on from. */
  /** The run this watch belongs to. */
  readonly workflow: { readonly workflowId: string; readonly runId: string };
  progress(): WatchProgress;
  /** What the run was last told of the router's disk. */
  readonly disk: { told: 'yes' | 'no' };
  /** Tells the server the progress. */
  beat(): void;
}
