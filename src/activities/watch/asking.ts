import type { QueryAnswer } from '../../domain/analysis/samples.js';
import { messageOf } from '../../domain/errors.js';
import { fillQuery } from '../../domain/service/placeholders.js';
import { repeat } from './repeat.js';
import { slotValues } from './slot-values.js';
import type { WatchRun } from './watch-run.js';
import { within } from './within.js';

const LIMIT_MS = 10_000;
const DEFAULT_STORE = 'default';

interface Query {
  readonly rule: string;
  readonly query: string;
  readonly from: string;
}

/** Asks the metrics stores each period, each rule by itself: a slow query delays its own judgment only. */
export async function asking(run: WatchRun): Promise<void> {
  const { deps: { clock }, input, board } = run;
  await Promise.all(queriesOf(run).map((query) => repeat(clock, board.over, () => input.analysis.everyMs, async () => {
    const answer = await answerTo(run, query);
    board.take({ kind: 'answer', at: clock.now(), rule: query.rule, answer });
  })));
}

function queriesOf({ input: { analysis } }: WatchRun): Query[] {
  return Object.entries(analysis.metrics).flatMap(([rule, { source }]) => (
    source.kind === 'prometheus' ? [{ rule, query: source.query, from: source.from ?? DEFAULT_STORE }] : []
  ));
}

async function answerTo({ deps, input, board }: WatchRun, { query, from }: Query): Promise<QueryAnswer> {
  try {
    const filled = fillQuery(query, slotValues(input, input.slots.candidate));
    const asked = deps.metricSource(from).query(filled, board.over);
    const answer = await within(deps.clock, LIMIT_MS, asked);
    return answer ?? { error: `no answer within ${LIMIT_MS} ms` };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
