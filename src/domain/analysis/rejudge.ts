import type { WatchInput } from '../deployment/watching.js';
import { countFailure, NO_FAILURES, weigh } from './count-failure.js';
import { waive } from './judge-all.js';
import { comparisonFindings, rejudgeComparison } from './judge-comparison.js';
import { judgeHealth } from './judge-health.js';
import { addAttempts, attemptsOf, NO_ATTEMPTS } from './hidden-failures.js';
import { judge } from './judge.js';
import { judgeTraffic } from './judge-traffic.js';
import { stableKnown } from './known-traffic.js';
import { recentTraffic } from './recent-traffic.js';
import type { MetricRule } from './rule.js';
import type { Samples } from './samples.js';
import { doubtedInstances } from './second-witness.js';
import { slotAnswer } from './slot-health.js';
import { judgeStuck } from './stuck/judge-stuck.js';
import { addTraffic, NO_TRAFFIC } from './traffic.js';
import type { Finding } from './verdict.js';
import type { WatchSample } from './watch-sample.js';
import type { WatchState } from './watch-state.js';

/** Judges the metric rules that the sample bears on, once each: a repeated judgment of the same numbers would count a breach twice. */
export function rejudge(state: WatchState, sample: WatchSample, input: WatchInput): WatchState {
  const touched = Object.entries(input.analysis.metrics).filter(([name, rule]) => bearsOn(sample, name, rule));
  const judged = touched.reduce((before, [name, rule]) => judgeOne(before, { name, rule }, input), state);
  return sample.kind === 'counts' ? rejudgeComparison(judged, input) : judged;
}

function bearsOn(sample: WatchSample, name: string, rule: MetricRule): boolean {
  return rule.source.kind === 'router' ? isJudged(sample) : sample.kind === 'answer' && sample.rule === name;
}

/** Whether the sample is a reading of the counters that the rules of the definition are judged by. */
export function isJudged(sample: WatchSample): boolean {
  return sample.kind === 'counts' && sample.between !== true;
}

function judgeOne(state: WatchState, named: { readonly name: string; readonly rule: MetricRule }, input: WatchInput): WatchState {
  const { name, rule } = named;
  const finding = judge(samplesOf(state, name, input), named, input.analysis);
  const count = countFailure(state.failures[name] ?? NO_FAILURES, finding.kind);
  const findings = { ...state.seen.findings, [name]: weigh(finding, rule, count) };
  return { ...state, failures: { ...state.failures, [name]: count }, seen: { ...state.seen, findings } };
}

/** The first reading only says from where to count: that nobody came can be seen from the second on. */
const FIRST_COUNTED = 2;

function samplesOf({ seen, samples }: WatchState, name: string, input: WatchInput): Samples {
  const { stable, candidate } = seen.whole;
  const answer = seen.answers[name];
  const nobody = stable.begun + candidate.begun + (seen.stuck?.waiting ?? 0) === 0;
  return {
    whole: candidate,
    recent: recentTraffic(seen.recent.candidate, NO_TRAFFIC, addTraffic),
    stable: { whole: attemptsOf(stableKnown(seen) ?? NO_TRAFFIC), recent: recentTraffic(seen.recent.stable, NO_ATTEMPTS, addAttempts) },
    idle: samples >= FIRST_COUNTED && nobody && !input.analysis.requireTraffic,
    ...(answer && { answer }),
  };
}

/** The findings that make the verdict: health, what could not be read, and the newest of each rule, with what people have waved through. */
export function currentFindings(state: WatchState, input: WatchInput, now: number): readonly Finding[] {
  const seen = [...healthFinding(state, input, now), ...routerFinding(state), ...stuckFinding(state, input), ...trafficFinding(state, input)];
  const all = [...seen, ...ruleFindings(state, input), ...comparisonFindings(state, input)];
  return all.map((finding) => waive(finding, input.waived));
}

function healthFinding({ seen }: WatchState, { slots }: WatchInput, now: number): Finding[] {
  const unchecked = Object.keys(slots.candidate.health).length === 0 || slots.candidate.instances.length === 0;
  const witnesses = { stable: slotAnswer(seen.health.stable, slots.stable, now), doubted: doubtedInstances(seen, slots.candidate) };
  return unchecked ? [] : [judgeHealth(seen.health.candidate, slots.candidate, witnesses)];
}

function routerFinding({ seen }: WatchState): Finding[] {
  const lacking = [...seen.missing, ...(seen.gaps ?? [])];
  return lacking.length === 0 ? [] : [{ rule: 'router', kind: 'error', text: `router: ${lacking.join('; ')}` }];
}

function stuckFinding({ seen }: WatchState, { analysis }: WatchInput): Finding[] {
  const finding = analysis.stuck === 'off' ? undefined : judgeStuck(seen);
  return finding ? [finding] : [];
}

function trafficFinding(state: WatchState, input: WatchInput): Finding[] {
  const finding = judgeTraffic(state, input);
  return finding ? [finding] : [];
}

function ruleFindings({ seen }: WatchState, { analysis }: WatchInput): Finding[] {
  return Object.keys(analysis.metrics).map((name) => seen.findings[name] ?? { rule: name, kind: 'no-data', text: `${name}: not measured yet` });
}

/** Whether each rule and each check has been looked at: before that, too little data says nothing about the traffic. */
export function allMeasured({ seen, samples }: WatchState, { analysis, slots }: WatchInput): boolean {
  const rules = Object.keys(analysis.metrics).every((name) => seen.findings[name] !== undefined);
  const checks = slots.candidate.instances.length === 0 || Object.keys(slots.candidate.health).every((name) => seen.health.candidate[name] !== undefined);
  return rules && checks && samples >= FIRST_COUNTED;
}

