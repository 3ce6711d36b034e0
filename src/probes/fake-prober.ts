import type { HealthCheck } from '../domain/service/environment.js';
import { slowFailure } from './slow-failure.js';
import type { ProbeResult, ProbeSubject, Prober } from './probe.js';

/** `silent` never answers, so that the time limit of the check decides. */
type FakeAnswer = ProbeResult | 'silent';

/** Asked at each probe, so that an answer may change over time. */
type FakeAnswers = (check: HealthCheck, instance: ProbeSubject) => FakeAnswer;

export interface FakeProber extends Prober {
  /** Every probe so far, oldest first. */
  readonly probed: readonly { readonly check: HealthCheck; readonly instance: ProbeSubject }[];
  /** What one instance answers from now on, by its id or its address. */
  answer(idOrAddress: string, answer: FakeAnswer | FakeAnswers): void;
  /** What every instance without an answer of its own says from now on. */
  answerAll(answer: FakeAnswer | FakeAnswers): void;
}

export const WELL: ProbeResult = { ok: true, tookMs: 1 };
export const UNWELL: ProbeResult = { ok: false, tookMs: 1, detail: 'status 503' };

/** A prober in memory. Without further steering every instance is well. A silent one takes no time: its answer says how long it would have taken. */
export function createFakeProber(): FakeProber {
  const probed: { check: HealthCheck; instance: ProbeSubject }[] = [];
  const answers = new Map<string, FakeAnswers>();
  let fallback: FakeAnswers = () => WELL;

  return {
    probed,
    answer: (idOrAddress, answer) => void answers.set(idOrAddress, asked(answer)),
    answerAll: (answer) => void (fallback = asked(answer)),
    async probe(check, instance, signal) {
      signal?.throwIfAborted();
      probed.push({ check, instance });
      const answer = (answers.get(instance.id) ?? answers.get(instance.address) ?? fallback)(check, instance);
      if (answer === 'silent') return { ok: false, tookMs: check.timeoutMs, detail: `no answer within ${check.timeoutMs} ms`, unreached: true };
      return slowFailure(check, answer);
    },
  };
}

function asked(answer: FakeAnswer | FakeAnswers): FakeAnswers {
  return typeof answer === 'function' ? answer : () => answer;
}
