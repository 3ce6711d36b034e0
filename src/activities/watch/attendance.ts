import { CancelledFailure } from '@temporalio/common';
import { stableIsDown } from '../../domain/analysis/end-of-watch.js';
import { formatDuration } from '../../domain/duration.js';
import { repeat } from './repeat.js';
import { takeBack } from './taking-back.js';
import type { OwnershipAnswer } from './ownership.js';
import type { WatchRun } from './watch-run.js';
import { within } from './within.js';

const LEAST_EVERY_MS = 10_000;
const LIMIT_MS = 5_000;

/** Whether the server still counts on this attempt. */
export interface Attendance {
  /** Asks the server; ends the watch when another attempt has the work. A question on its way is joined, not repeated. */
  ask(): Promise<OwnershipAnswer>;
  /** Whether the server would hear of an end now. Never of an attempt that the SDK has given up: it is not asked, which would only keep the next one away. */
  isHeard(): Promise<boolean>;
  /** Asks now and then until the watch is over, and acts by policy after too long without a server. */
  keep(): Promise<void>;
  /**
   * For an attempt that the SDK has given up: it is no longer told of anything and its result goes nowhere, so another attempt is to follow.
   * Asks until the server is back; from then on lets the heartbeat lapse, and watches until the next attempt has the work.
   */
  outlast(): Promise<void>;
}

/** @param current is asked late, as a run holds its attendance. */
export function createAttendance(current: () => WatchRun, taskToken: Uint8Array): Attendance {
  let asking: Promise<OwnershipAnswer> | undefined;
  let aloneSince: number | undefined;
  let outlasting = false;

  async function question(run: WatchRun): Promise<OwnershipAnswer> {
    const { deps: { clock, ownership }, board } = run;
    const began = clock.now();
    const asked = ownership.stillOurs(taskToken, run.progress()).catch((): OwnershipAnswer => 'unreachable');
    const answer = (await within(clock, LIMIT_MS, asked)) ?? 'unreachable';
    aloneSince = answer === 'unreachable' ? aloneSince ?? began : undefined;
    if (answer === 'cancelled') board.close(async () => ({ end: { ended: 'stopped' } }));
    if (answer === 'gone') board.close(async () => ({ error: new CancelledFailure('Another attempt has taken over this watch.') }));
    if (answer === 'unreachable') actAlone(run, clock.now() - (aloneSince ?? began));
    return answer;
  }

  function ask(): Promise<OwnershipAnswer> {
    asking ??= question(current()).finally(() => void (asking = undefined));
    return asking;
  }

  async function isHeard(): Promise<boolean> {
    return !outlasting && (await ask()) === 'ours' && !outlasting;
  }

  async function keep(): Promise<void> {
    const { deps: { clock }, input, board } = current();
    const everyMs = Math.max(LEAST_EVERY_MS, input.heartbeatTimeoutMs);
    await repeat(clock, board.over, () => everyMs, async () => {
      if (!outlasting) await ask();
    });
  }

  async function outlast(): Promise<void> {
    const { deps: { clock }, input: { heartbeatTimeoutMs }, board } = current();
    outlasting = true;
    let answer: OwnershipAnswer = 'unreachable';
    const periodMs = () => (answer === 'unreachable' ? heartbeatTimeoutMs / 3 : 2 * heartbeatTimeoutMs);
    await repeat(clock, board.over, periodMs, async () => void (answer = await ask()));
  }

  return { ask, isHeard, keep, outlast };
}

/** Without a server nobody can promote, approve or abort; the reflex stays armed, and after `unattended.afterMs` the operator's policy decides. */
function actAlone(run: WatchRun, aloneMs: number): void {
  const { deps: { clock }, input, board } = run;
  const { afterMs, then } = input.analysis.unattended;
  if (then === 'hold' || aloneMs < afterMs || stableIsDown(board.state, input, clock.now())) return;
  board.close(async () => {
    await takeBack(run, clock.now());
    return { end: { ended: 'pulled', detail: `Pulled after ${formatDuration(aloneMs)} without a Temporal server, as \`unattended\` says.` } };
  });
}
