import type { WatchInput } from '../deployment/watching.js';
import { addAttempts, attemptsOf } from './hidden-failures.js';
import { addTimes, NO_TIMES } from './latency.js';
import type { Witness } from './probe-streak.js';
import { remember } from './recent-traffic.js';
import { shareDifference } from './share-difference.js';
import { WHOLE } from '../share.js';
import { hearCounts, hearSplit } from './second-witness.js';
import { addProbe, isUnreached, slotAnswer } from './slot-health.js';
import { addSecond } from './stuck/given-up.js';
import { roughWaitMs } from './stuck/crowd.js';
import { restartStuck, seeStuck } from './stuck/see-stuck.js';
import { slotReading } from './stuck/slot-reading.js';
import { addTraffic, NO_TRAFFIC, type Traffic } from './traffic.js';
import type { AnswerSample, CountsSample, OpenedSample, ProbeSample, Role, SplitSample, WatchSample } from './watch-sample.js';
import { addWarm } from './warm-times.js';
import type { WatchSightings, WatchState } from './watch-state.js';

const STRANGER = 'stranger/';
const GAP = 'gap/';
const MENDED = 'mended/';

/** Adds a sample to what was seen, without judging it. */
export function takeIn(state: WatchState, sample: WatchSample, input: WatchInput): WatchState {
  const { seen } = state;
  switch (sample.kind) {
    case 'opened':
      return { ...state, samples: state.samples + 1, seen: takeOpened(seen, sample) };
    case 'shifted':
      return { ...state, shifted: true, seen: { ...seen, ...stuckFrom(seen, sample.at), candidateShare: sample.candidateShare, missing: [] } };
    case 'split':
      return { ...state, seen: takeSplit(seen, sample) };
    case 'mended':
      return { ...state, seen: { ...seen, notes: { ...seen.notes, ...about(MENDED, sample.instances) } } };
    case 'probe':
      return { ...state, seen: takeProbe(seen, sample, input) };
    case 'answer':
      return { ...state, seen: takeAnswer(seen, sample) };
    case 'counts':
      return { ...state, samples: state.samples + 1, seen: compareShares(takeCounts(state, sample, input), sample) };
  }
}

/** What a store remarks is told for as long as it does. */
function takeAnswer(seen: WatchSightings, { rule, answer }: AnswerSample): WatchSightings {
  const { [`query/${rule}`]: _, ...others } = seen.notes;
  const remarks = 'notes' in answer ? answer.notes ?? [] : [];
  const notes = remarks.length === 0 ? others : { ...others, [`query/${rule}`]: `The metrics store on ${rule}: ${remarks.join('; ')}.` };
  return { ...seen, notes, answers: { ...seen.answers, [rule]: answer } };
}

function takeSplit(seen: WatchSightings, sample: SplitSample): WatchSightings {
  const { candidateShare, strangers, gaps } = sample;
  const known = Object.entries(seen.notes).filter(([subject]) => !subject.startsWith(STRANGER) && !subject.startsWith(GAP));
  const notes = { ...Object.fromEntries(known), ...about(STRANGER, strangers), ...about(GAP, gaps) };
  return { ...seen, witness: hearSplit(seen.witness, sample), notes, gaps: Object.values(gaps), ...(candidateShare !== undefined && { candidateShare }) };
}

/** Notes under the names of what they are about. */
function about(kind: string, texts: Readonly<Record<string, string>>): WatchSightings['notes'] {
  return Object.fromEntries(Object.entries(texts).map(([instance, text]) => [`${kind}${instance}`, text]));
}

function takeProbe(seen: WatchSightings, sample: ProbeSample, input: WatchInput): WatchSightings {
  const { role } = sample;
  const health = { ...seen.health, [role]: addProbe(seen.health[role], sample, input.slots[role], witnessOf(seen, sample, input)) };
  return { ...seen, health, notes: role === 'stable' ? stableNote(seen.notes, slotAnswer(health.stable, input.slots.stable, sample.at)) : slowNote(seen.notes, sample, input) };
}

/** Stable is the witness of the candidate. Nobody asks for one of stable, which is never judged. */
function witnessOf({ health }: WatchSightings, { role, at }: ProbeSample, { slots }: WatchInput): Witness {
  if (role === 'stable') return 'unknown';
  switch (slotAnswer(health.stable, slots.stable, at)) {
    case 'answers':
    case 'unchecked': return 'present';
    case 'silent': return 'absent';
    case 'unknown': return 'unknown';
  }
}

function stableNote(notes: WatchSightings['notes'], answer: ReturnType<typeof slotAnswer>): WatchSightings['notes'] {
  const { stable: _, ...others } = notes;
  return answer === 'silent' ? { ...others, stable: 'stable is down' } : others;
}

function slowNote(notes: WatchSightings['notes'], sample: ProbeSample, input: WatchInput): WatchSightings['notes'] {
  const warningMs = input.slots.candidate.health[sample.check]?.slow?.warningMs;
  const slow = warningMs === undefined ? undefined : sample.answers.find((answer) => answer.outcome === 'well' && answer.tookMs > warningMs);
  if (!slow) return notes;
  return { ...notes, [`slow/${sample.check}`]: `${slow.instance} ${sample.check} took ${Math.round(slow.tookMs)} ms to answer (warning from ${warningMs} ms).` };
}

/** With another split other rates begin. */
function stuckFrom({ stuck }: WatchSightings, at: number): Pick<WatchSightings, 'stuck'> {
  return stuck ? { stuck: restartStuck(stuck, at) } : {};
}

function takeStuck(seen: WatchSightings, sample: CountsSample, shifted: boolean): Pick<WatchSightings, 'stuck'> {
  const { stuck, known, candidateShare } = seen;
  const stableIsUsual = shifted && candidateShare !== undefined && candidateShare < WHOLE;
  const next = seeStuck(stuck, sample, { knownWaitMs: known?.stableWaitMs, stableIsUsual });
  return next ? { stuck: next } : {};
}

function takeCounts({ seen, shifted }: WatchState, sample: CountsSample, input: WatchInput): WatchSightings {
  const { windowMs } = input.analysis;
  const stable = sumOf(sample, 'stable');
  const candidate = sumOf(sample, 'candidate');
  const givenUp = addSecond(seen.givenUp, candidate, sample.at);
  const warm = addWarm(seen.warm, { headed: seen.whole.candidate.headed, from: seen.newest ?? sample.at, traffic: { stable, candidate } });
  return {
    ...seen,
    ...(warm && { warm }),
    ...(givenUp && { givenUp }),
    whole: { stable: addTraffic(seen.whole.stable, stable), candidate: addTraffic(seen.whole.candidate, candidate) },
    recent: {
      stable: remember(seen.recent.stable, { at: sample.at, traffic: attemptsOf(stable) }, { windowMs, add: addAttempts }),
      candidate: remember(seen.recent.candidate, { at: sample.at, traffic: candidate }, { windowMs, add: addTraffic }),
      stableTimes: remember(seen.recent.stableTimes, { at: sample.at, traffic: stable.latency ?? NO_TIMES }, { windowMs, add: addTimes }),
    },
    ...readingOf(seen, sample),
    ...takeStuck(seen, sample, shifted),
    witness: takeWitness(seen, sample),
    instances: shifted ? addRequests(seen.instances, sample) : seen.instances,
  };
}

/** The routers are heard while this worker gets no answer. */
function takeWitness({ health, witness, newest }: WatchSightings, sample: CountsSample): WatchSightings['witness'] {
  return isUnreached(health.candidate) ? hearCounts(witness, sample, newest ?? sample.at) : { ...witness, readings: [] };
}

/** What came before the candidate had a share is no part of what is judged. */
function takeOpened(seen: WatchSightings, { counts, passedMs }: OpenedSample): WatchSightings {
  const [stable, candidate] = [sumOf(counts, 'stable'), sumOf(counts, 'candidate')];
  const perSecond = ((stable.begun + candidate.begun) * 1_000) / Math.max(1, passedMs);
  const marks = Object.entries(counts.marks ?? {}).filter(([name]) => counts.instances.some(({ instance }) => instance === name));
  const read = readingOf(seen, { ...counts, marks: Object.fromEntries(marks) });
  const stableWaitMs = roughWaitMs(slotReading(counts, 'stable').waiting, perSecond);
  return { ...seen, ...read, ...takeStuck(seen, counts, false), ...(counts.missing.length === 0 && { known: { perSecond, stable, stableWaitMs } }) };
}

function readingOf({ since }: WatchSightings, { at, missing, marks }: CountsSample): Pick<WatchSightings, 'since' | 'newest' | 'missing' | 'marks'> {
  return { since: since ?? at, newest: at, missing, ...(marks && { marks }) };
}

function sumOf({ instances }: CountsSample, role: Role): Traffic {
  return instances.reduce((sum, one) => addTraffic(sum, one[role]), NO_TRAFFIC);
}

function addRequests(before: WatchSightings['instances'], sample: CountsSample): WatchSightings['instances'] {
  const now = sample.instances.map(({ instance, stable, candidate }): [string, { stable: number; candidate: number }] => {
    const sum = before[instance] ?? { stable: 0, candidate: 0 };
    return [instance, { stable: sum.stable + stable.begun, candidate: sum.candidate + candidate.begun }];
  });
  return { ...before, ...Object.fromEntries(now) };
}

function compareShares(seen: WatchSightings, sample: CountsSample): WatchSightings {
  const share = seen.candidateShare;
  if (share === undefined) return seen;
  const notes = { ...seen.notes };
  for (const { instance } of sample.instances) {
    const requests = seen.instances[instance];
    const difference = requests && shareDifference(instance, requests, share);
    if (difference === undefined) delete notes[`share/${instance}`];
    else notes[`share/${instance}`] = difference;
  }
  return { ...seen, notes };
}
