import { z } from 'zod';
import type { MetricAnswer } from './metric-source.js';

const sample = z.tuple([z.number(), z.string()]);
const series = z.object({ metric: z.record(z.string(), z.string()), value: sample });
const remarks = z.array(z.string()).nullish();

const success = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('vector'), result: z.array(series) }),
    z.object({ resultType: z.enum(['matrix', 'string']), result: z.unknown() }),
  ]),
  warnings: remarks,
  infos: remarks,
  /** Of VictoriaMetrics: some of its storage was away. */
  isPartial: z.boolean().nullish(),
});
const failure = z.object({ status: z.literal('error'), error: z.string() });

const answer = z.union([success, failure]);
type Success = z.output<typeof success>;

export type PrometheusAnswer = { readonly ok: true; readonly answer: MetricAnswer } | { readonly ok: false; readonly why: string };

/** What is done about an answer that lacks a part of the data. */
export type PartialAnswers = 'refused' | 'noted';

const LONGEST = 500;

/** What an instant query's answer says, in one number; none for no result and for NaN. */
export function readAnswer(text: string, partialAnswers: PartialAnswers): PrometheusAnswer {
  const parsed = answer.safeParse(json(text));
  if (!parsed.success) return no('the answer is not one of the Prometheus API');
  if (parsed.data.status === 'error') return no(parsed.data.error);
  const { warnings, notes } = remarksOf(parsed.data);
  if (warnings.length > 0 && partialAnswers === 'refused') return no(`the answer may lack data: ${warnings.join('; ')}`);
  const value = valueOf(parsed.data);
  if (typeof value === 'string') return no(value);
  const all = [...warnings, ...notes].map((one) => one.slice(0, LONGEST));
  return { ok: true, answer: { ...(value !== undefined && { value }), ...(all.length > 0 && { notes: all }) } };
}

function no(why: string): PrometheusAnswer {
  return { ok: false, why: why.slice(0, LONGEST) };
}

/** Remarks on the query come among the warnings in older versions. All other warnings say that something was not answered in full. */
function remarksOf({ warnings, infos, isPartial }: Success): { readonly warnings: readonly string[]; readonly notes: readonly string[] } {
  const all = warnings ?? [];
  return {
    warnings: [...all.filter((one) => !isInfo(one)), ...(isPartial ? ['isPartial'] : [])],
    notes: [...all.filter(isInfo), ...(infos ?? [])],
  };
}

function isInfo(warning: string): boolean {
  return warning.startsWith('PromQL info:');
}

/** @returns why not, where it is no number */
function valueOf({ data }: Success): number | undefined | string {
  if (data.resultType === 'scalar') return numberOf(data.result);
  if (data.resultType !== 'vector') return `the result is a ${data.resultType}, not a number: ask for one instant`;
  if (data.result.length > 1) return `the result has ${data.result.length} series, so it is not one number: put sum() or max() around the query`;
  const [only] = data.result;
  return only && numberOf(only.value);
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Results travel as JSON, which has no infinity: the greatest number there is takes its place. */
function numberOf([, text]: readonly [number, string]): number | undefined | string {
  if (text === '+Inf' || text === 'Inf') return Number.MAX_VALUE;
  if (text === '-Inf') return -Number.MAX_VALUE;
  if (text === 'NaN') return undefined;
  if (!DECIMAL.test(text)) return `the value ${JSON.stringify(text)} is not a number`;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(text)));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
