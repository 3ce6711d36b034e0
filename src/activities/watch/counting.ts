import type { CountsSample, InstanceCounts, OpenedSample } from '../../domain/analysis/watch-sample.js';
import type { WatchInput } from '../../domain/deployment/watching.js';
import { messageOf } from '../../domain/errors.js';
import type { Observation } from '../../routers/router.js';
import { announceNews } from './announcing.js';
import { readOnce } from './reading.js';
import { repeat } from './repeat.js';
import type { WatchRun } from './watch-run.js';
import { within } from './within.js';

/** A router keeps its own time limit of a few seconds; one that does not is left behind after this. */
const LIMIT_MS = 10_000;
/** The first reading only says from where to count: the second, which can be judged, follows soon. */
const SECOND_AFTER_MS = 250;

/** Requests that get no answer are looked for this often, however seldom the other rules are judged: it costs a tenth of a millisecond. */
const GLANCE_MS = 1_000;
/** A timer may be so much early. */
const EARLY_MS = 5;

/** Reads the routers' counters each period and at the very end of the bake, and between two judgments for the rule `stuck`. */
export async function counting(run: WatchRun): Promise<void> {
  const { deps: { clock }, input, board } = run;
  const glanceMs = input.analysis.stuck === 'off' ? Infinity : GLANCE_MS;
  let began = clock.now();
  let judgeAt = began;
  await repeat(clock, board.over, () => Math.min(glanceMs, judgeAt - began), async () => {
    began = clock.now();
    const due = began >= judgeAt - EARLY_MS;
    const { sample, restarted } = await nextReading(run, input);
    const before = board.state;
    board.take(due || sample.kind === 'opened' ? sample : { ...sample, between: true });
    if (due) judgeAt = began + untilNext(run);
    announceNews(run, before);
    // What it lost is put back at once: until then it answers what it was given, or nothing.
    if (restarted) void readOnce(run);
  });
}

interface Counted<Sample> {
  readonly sample: Sample;
  /** A router instance was started anew. */
  readonly restarted: boolean;
}

function untilNext({ board: { state }, input: { bakeMs, analysis } }: WatchRun): number {
  if (state.samples < 2) return Math.min(analysis.everyMs, SECOND_AFTER_MS);
  // Without a judgment the bake stands still, however little of it is left.
  const leftMs = bakeMs === null || !state.shifted || state.verdict?.kind === 'error' ? 0 : bakeMs + state.extendedMs - state.bakedMs;
  return leftMs > 0 ? Math.min(analysis.everyMs, leftMs) : analysis.everyMs;
}

async function nextReading(run: WatchRun, input: WatchInput): Promise<Counted<CountsSample | OpenedSample>> {
  const { seen } = run.board.state;
  const { opened } = input;
  if (seen.since !== undefined || !opened) return count(run, input, seen.marks);
  const { sample, restarted } = await count(run, input, opened.marks);
  return { sample: { kind: 'opened', at: sample.at, passedMs: sample.at - opened.at, counts: sample }, restarted };
}

async function count({ deps: { clock }, router }: WatchRun, input: WatchInput, marks: CountsSample['marks']): Promise<Counted<CountsSample>> {
  const none = (why: string): Counted<CountsSample> => ({ sample: { kind: 'counts', at: clock.now(), instances: [], missing: [why] }, restarted: false });
  try {
    const observation = await within(clock, LIMIT_MS, router.observe(input.backend, marks));
    if (!observation) return none(`${router.name} did not answer within ${LIMIT_MS} ms`);
    const restarted = observation.instances.some((one) => one.ok && one.restarted && !input.except.includes(one.instance));
    return { sample: sampleOf(observation, input, clock.now()), restarted };
  } catch (error) {
    return none(`${router.name}: ${messageOf(error)}`);
  }
}

function sampleOf({ instances, marks }: Observation, { slots, except }: WatchInput, at: number): CountsSample {
  const counted: InstanceCounts[] = [];
  const missing: string[] = [];
  for (const one of instances) {
    if (one.ok) counted.push({ instance: one.instance, stable: one.slots[slots.stable.slot], candidate: one.slots[slots.candidate.slot] });
    else if (!except.includes(one.instance)) missing.push(`instance ${one.instance} was not read: ${one.detail}`);
  }
  return { kind: 'counts', at, instances: counted, missing, marks };
}
