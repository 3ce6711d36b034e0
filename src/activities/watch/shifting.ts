import type { ErrorCode } from '../../domain/error-registry.js';
import { messageOf } from '../../domain/errors.js';
import type { WatchInput } from '../../domain/deployment/watching.js';
import { formatShare } from '../../domain/share.js';
import { isLasting } from '../../routers/is-lasting.js';
import type { ShiftOutcome, Unreachable } from '../../routers/router.js';
import { ensureServing, sayRestored } from '../serving/ensure-serving.js';
import { shiftEverywhere } from '../serving/shift-everywhere.js';
import { announceMended } from './announcing.js';
import { slotOf } from './mending.js';
import { readOnce } from './reading.js';
import { takeBackIfStableServes } from './taking-back.js';
import type { WatchRun } from './watch-run.js';
import { within } from './within.js';

type Shift = NonNullable<WatchInput['shift']>;

const CALL_LIMIT_MS = 10_000;
const PAUSE_MS = 250;

/**
 * Writes the split until every router instance has it, while the watch runs beside it.
 *
 * Resolves when nothing is in flight any more, also when the watch ends before: whoever shifts traffic back does it again after that.
 */
export async function shifting(run: WatchRun): Promise<void> {
  const { deps: { clock }, input, board } = run;
  const { shift } = input;
  if (!shift || board.state.shifted) return;
  const deadline = (board.state.seen.shiftingSince ?? clock.now()) + shift.timeoutMs;
  while (!board.over.aborted) {
    const outcomes = await tryShift(run, shift);
    if (board.over.aborted || settle(run, outcomes)) return;
    if (clock.now() >= deadline) return fail(run, codeOf(outcomes), detailOf(outcomes));
    await clock.sleep(PAUSE_MS, board.over);
  }
}

/** What came of it on one instance; one that does not serve what it is to give a share is not shifted. */
type Tried = ShiftOutcome | { readonly instance: string; readonly ok: false; readonly code: 'ROUTER_SLOT_EMPTY'; readonly detail: string };

async function tryShift(run: WatchRun, shift: Shift): Promise<readonly Tried[]> {
  const { deps: { clock }, router } = run;
  const nobody = (detail: string): readonly Tried[] => [{ instance: router.name, ok: false, code: 'ROUTER_UNREACHABLE', detail }];
  try {
    return (await within(clock, CALL_LIMIT_MS, serveThenShift(run, shift))) ?? nobody(`no answer within ${CALL_LIMIT_MS} ms`);
  } catch (error) {
    return nobody(messageOf(error));
  }
}

/** Both slots get a share, so both must serve on an instance before it is shifted: one that restarted empty would give the candidate everything. */
async function serveThenShift(run: WatchRun, { entry, base, clearOthers }: Shift): Promise<readonly Tried[]> {
  const { deps, input, router, board } = run;
  const { backend, except } = input;
  const serving = await ensureServing(deps, {
    router, backend, except, slots: [slotOf(input, 'stable'), slotOf(input, 'candidate')],
    fence: { generation: entry.generation, base },
  }, board.over);
  announceMended(run, { restored: serving.restored.map((one) => ({ instance: one.instance, text: sayRestored(one) })), gaps: [] });
  const unready = serving.gaps.filter(({ local }) => local).map(({ instance, text }): Tried => ({ instance, ok: false, code: 'ROUTER_SLOT_EMPTY', detail: text }));
  const leftOut = [...except, ...unready.map(({ instance }) => instance)];
  const { instances } = await shiftEverywhere(router, { backend, entry, base, clearOthers, except: leftOut });
  return [...unready, ...instances];
}

/** @returns whether there is nothing left to try. */
function settle(run: WatchRun, outcomes: readonly Tried[]): boolean {
  const pulled = outcomes.find((one) => one.ok && one.outcome === 'pulled');
  if (pulled) return pulledBefore(run, detailOf([pulled]));
  const conflict = outcomes.find((one) => one.ok && one.outcome === 'conflict');
  if (conflict) return fail(run, 'ROUTER_CONFLICT', detailOf([conflict])), true;
  const lasting = outcomes.find((one): one is Unreachable => !one.ok && isLasting(one));
  if (lasting) return fail(run, lasting.code, detailOf([lasting])), true;
  const done = outcomes.length > 0 && outcomes.every((one) => one.ok);
  if (done) shifted(run);
  return done;
}

function shifted(run: WatchRun): void {
  const { deps: { clock }, input, board, journal } = run;
  const share = input.shift?.entry.candidateShare ?? 0;
  board.take({ kind: 'shifted', at: clock.now(), candidateShare: share });
  if (board.over.aborted) return;
  journal.record('shifted', `The candidate has ${formatShare(share)} of the traffic.`, { share, step: input.step, generation: input.shift?.entry.generation ?? '' });
  run.beat();
  void readOnce(run);
}

function pulledBefore(run: WatchRun, detail: string): true {
  run.board.close(async () => {
    await takeBackIfStableServes(run);
    return { end: { ended: 'pulled', detail } };
  });
  return true;
}

/** What some instances have taken is taken back before anybody else hears of the failure. */
function fail(run: WatchRun, code: ErrorCode, detail: string): void {
  run.board.close(async () => {
    await takeBackIfStableServes(run);
    return { end: { ended: 'shift-failed', code, detail } };
  });
}

function codeOf(outcomes: readonly Tried[]): ErrorCode {
  return outcomes.find((one) => !one.ok)?.code ?? 'ROUTER_UNREACHABLE';
}

function detailOf(outcomes: readonly Tried[]): string {
  return outcomes.flatMap((one) => ('detail' in one ? [`${one.instance}: ${one.detail}`] : [])).join('; ');
}
