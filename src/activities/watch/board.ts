import { endOfWatch, handOverAfterMs, type WatchDecision } from '../../domain/analysis/end-of-watch.js';
import { anotherMayDoBetter } from '../../domain/analysis/judge-traffic.js';
import { onSample } from '../../domain/analysis/on-sample.js';
import type { WatchSample } from '../../domain/analysis/watch-sample.js';
import type { WatchState } from '../../domain/analysis/watch-state.js';
import type { WatchEnd, WatchInput } from '../../domain/deployment/watching.js';

/** How an attempt ends: by a result, or by an error that lets another attempt go on. */
export type Ending = { readonly end: WatchEnd } | { readonly error: Error };

export type ActedOn = Exclude<WatchDecision, { readonly kind: 'go-on' } | { readonly kind: 'complete' }>;

/** What the board asks for once a sample calls for it. All are called before the sample's arrival has yielded to anything else. */
export interface BoardActions {
  /** Asks whether this attempt still counts before it leaves a candidate with its share. */
  confirm(): void;
  /** Judging has been impossible for a while: another worker may do better. */
  handOver(): void;
  /** Ends the watch, by a pull where the decision says so. */
  act(decision: ActedOn, arrivedAt: number): Promise<Ending>;
}

/** The one place where everything a watch sees comes together. */
export interface Board {
  readonly state: WatchState;
  /** Aborted as soon as the end is certain. */
  readonly over: AbortSignal;
  readonly ended: Promise<Ending>;
  /** Judges the sample and acts on it at once. Samples after the end are dropped. */
  take(sample: WatchSample): void;
  /** Ends the watch; only the first call counts. Its work begins before this returns. */
  close(work: () => Promise<Ending>): void;
}

export function createBoard(input: WatchInput, start: WatchState, attemptSince: number, actions: BoardActions): Board {
  let state = start;
  const over = new AbortController();
  let closed = false;
  let settle: (ending: Promise<Ending>) => void;
  const ended = new Promise<Ending>((resolve) => void (settle = resolve));

  function close(work: () => Promise<Ending>): void {
    if (closed) return;
    closed = true;
    settle(work());
    over.abort();
  }

  function take(sample: WatchSample): void {
    if (closed) return;
    state = onSample(state, sample, input);
    const decision = endOfWatch(state, input, sample.at);
    if (decision.kind === 'go-on') return hopeless(state, sample.at) ? actions.handOver() : undefined;
    if ('pull' in decision && decision.pull) close(() => actions.act(decision, sample.at));
    else actions.confirm();
  }

  function hopeless({ shifted, errorSince, verdict }: WatchState, now: number): boolean {
    return shifted && verdict !== undefined && anotherMayDoBetter(verdict) && errorSince !== undefined && now - Math.max(errorSince, attemptSince) >= handOverAfterMs(input);
  }

  return {
    get state() {
      return state;
    },
    over: over.signal,
    ended,
    take,
    close,
  };
}
