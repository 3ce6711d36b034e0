import type { ShiftInput, ShiftResult } from '../../domain/deployment/steps.js';
import type { Router, ShiftReport } from '../../routers/router.js';
import { ensureServing, type ServingReport } from '../serving/ensure-serving.js';
import type { ActivityDeps } from './deps.js';
import { resultOf, withServing } from './shift-result.js';
import type { ProbedSlot } from './slot-health.js';

export interface ServedShift extends Pick<ShiftInput, 'backend' | 'entry' | 'base' | 'except'> {
  readonly router: Router;
  /** The slot that serves then; null: none is to. */
  readonly slot: ProbedSlot | null;
  /** `where-it-can`: a slot that serves nowhere, and could not, keeps nobody waiting; a person decided for it all the same. */
  readonly need: 'on-each' | 'where-it-can';
  /** Writes the entry, on all instances but these. */
  readonly write: (except: readonly string[]) => Promise<ShiftReport>;
}

const NOTHING: ServingReport = { readings: [], restored: [], gaps: [], unread: [] };

/** Back to what served before: traffic first, which nothing may delay, then what an instance lacks of it. */
export async function shiftThenServe(deps: ActivityDeps, shift: ServedShift, signal: AbortSignal): Promise<ShiftResult> {
  const result = resultOf(await shift.write(shift.except), shift);
  return withServing(result, await servingOf(deps, shift, signal));
}

/** To a slot that has not served alone yet: an instance is shifted only once that serves there. */
export async function serveThenShift(deps: ActivityDeps, shift: ServedShift, signal: AbortSignal): Promise<ShiftResult> {
  const serving = await servingOf(deps, shift, signal);
  const unready = serving.gaps.map(({ instance }) => instance);
  return withServing(resultOf(await shift.write([...shift.except, ...unready]), shift), serving);
}

async function servingOf(deps: ActivityDeps, { router, backend, entry, base, except, slot, need }: ServedShift, signal: AbortSignal): Promise<ServingReport> {
  if (!slot) return NOTHING;
  const report = await ensureServing(deps, { router, backend, except, slots: [slot], fence: { generation: entry.generation, base } }, signal);
  return need === 'on-each' ? report : { ...report, gaps: report.gaps.filter(({ local }) => local) };
}
