import { z } from 'zod';

const sample = z.tuple([z.number(), z.string()]);
const series = z.object({ metric: z.record(z.string(), z.string()), value: sample });

const success = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('vector'), result: z.array(series) }),
    z.object({ resultType: z.enum(['matrix', 'string']), result: z.unknown() }),
  ]),
});
const failure = z.object({ status: z.literal('error'), error: z.string() });

const answer = z.union([success, failure]);

export type PrometheusAnswer = { readonly ok: true; readonly value: number | undefined } | { readonly ok: false; readonly why: string };

/** What an instant query's answer says, in one number; undefined for no result and for NaN. */
export function readAnswer(text: string): PrometheusAnswer {
  const parsed = answer.safeParse(json(text));
  if (!parsed.success) return { ok: false, why: 'the answer is not one of the Prometheus API' };
  if (parsed.data.status === 'error') return { ok: false, why: parsed.data.error.slice(0, 500) };
  const { data } = parsed.data;
  if (data.resultType === 'scalar') return { ok: true, value: numberOf(data.result) };
  if (data.resultType !== 'vector') return { ok: false, why: `the result is a ${data.resultType}, not a number: ask for one instant` };
  if (data.result.length > 1) return { ok: false, why: `the result has ${data.result.length} series, so it is not one number: put sum() or max() around the query` };
  const [only] = data.result;
  return { ok: true, value: only && numberOf(only.value) };
}

/** Results travel as JSON, which has no infinity: the greatest number there is takes its place. */
function numberOf([, text]: readonly [number, string]): number | undefined {
  if (text === '+Inf') return Number.MAX_VALUE;
  if (text === '-Inf') return -Number.MAX_VALUE;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
