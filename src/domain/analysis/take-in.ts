import type { WatchInput } from '../deployment/watching.js';
import type { Witness } from './probe-streak.js';
import { remember } from './recent-traffic.js';
import { shareDifference } from './share-difference.js';
import { addProbe, slotAnswer } from './slot-health.js';
import { addTraffic, NO_TRAFFIC } from './traffic.js';
import type { CountsSample, ProbeSample, SplitSample, WatchSample } from './watch-sample.js';
import type { WatchSightings, WatchState } from './watch-state.js';

const STRANGER = 'stranger/';
const GAP = 'gap/';
const MENDED = 'mended/';

/** Adds a sample to what was seen, without judging it. */
export function takeIn(state: WatchState, sample: WatchSample, input: WatchInput): WatchState {
  const { seen } = state;
  switch (sample.kind) {
    case 'shifted':
      return { ...state, shifted: true, seen: { ...seen, candidateShare: sample.candidateShare, missing: [] } };
    case 'split':
      return { ...state, seen: takeSplit(seen, sample) };
    case 'mended':
      return { ...state, seen: { ...seen, notes: { ...seen.notes, ...about(MENDED, sample.instances) } } };
    case 'probe':
      return { ...state, seen: takeProbe(seen, sample, input) };
    case 'answer':
      return { ...state, seen: { ...seen, answers: { ...seen.answers, [sample.rule]: sample.answer } } };
    case 'counts':
      return { ...state, samples: state.samples + 1, seen: compareShares(takeCounts(state, sample, input), sample) };
  }
}

function takeSplit(seen: WatchSightings, { candidateShare, strangers, gaps }: SplitSample): WatchSightings {
  const known = Object.entries(seen.notes).filter(([subject]) => !subject.startsWith(STRANGER) && !subject.startsWith(GAP));
  const notes = { ...Object.fromEntries(known), ...about(STRANGER, strangers), ...about(GAP, gaps) };
  return { ...seen, notes, gaps: Object.values(gaps), ...(candidateShare !== undefined && { candidateShare }) };
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

function takeCounts({ seen, shifted }: WatchState, sample: CountsSample, input: WatchInput): WatchSightings {
  const stable = sample.instances.reduce((sum, one) => addTraffic(sum, one.stable), NO_TRAFFIC);
  const candidate = sample.instances.reduce((sum, one) => addTraffic(sum, one.candidate), NO_TRAFFIC);
  return {
    ...seen,
    whole: { stable: addTraffic(seen.whole.stable, stable), candidate: addTraffic(seen.whole.candidate, candidate) },
    recent: remember(seen.recent, { at: sample.at, traffic: candidate }, input.analysis.windowMs),
    missing: sample.missing,
    instances: shifted ? addRequests(seen.instances, sample) : seen.instances,
    ...(sample.marks && { marks: sample.marks }),
  };
}

function addRequests(before: WatchSightings['instances'], sample: CountsSample): WatchSightings['instances'] {
  const now = sample.instances.map(({ instance, stable, candidate }): [string, { stable: number; candidate: number }] => {
    const sum = before[instance] ?? { stable: 0, candidate: 0 };
    return [instance, { stable: sum.stable + stable.requests, candidate: sum.candidate + candidate.requests }];
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
