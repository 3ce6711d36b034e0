import { parseDuration } from '../duration.js';
import type { Json, JsonObject } from '../json.js';
import { parsePercent } from '../share.js';
import type { Complaint } from './complaint.js';
import type { JsonPath } from './json-pointer.js';
import { objectOr } from './merge.js';

const LIMITS = ['max', 'min'] as const;

/** What a verdict calls its own findings: a metric of that name could not be told from them, and an approval of one would wave the other through. */
const TAKEN = ['health', 'router', 'stuck', 'traffic', 'stable'];

/** Every measure has a name of its own and a limit, in the unit of the measure. */
export function checkMetrics(environment: JsonObject): readonly Complaint[] {
  const metrics = objectOr(objectOr(environment['analysis'])['metrics']);
  return Object.entries(metrics).flatMap(([name, metric]) => checkMetric(objectOr(metric), ['analysis', 'metrics', name]));
}

function checkMetric(metric: JsonObject, path: JsonPath): Complaint[] {
  return [...checkName(path), ...checkLimits(metric, path)];
}

function checkName(path: JsonPath): Complaint[] {
  const name = String(path.at(-1));
  return TAKEN.includes(name) ? [{ path, message: `may not be called "${name}", which a verdict calls a finding of its own`, hint: 'choose another name' }] : [];
}

function checkLimits(metric: JsonObject, path: JsonPath): Complaint[] {
  const given = LIMITS.filter((limit) => metric[limit] !== undefined);
  if (given.length === 0) return [{ path, message: 'must have max, min or both' }];
  const complaints: Complaint[] = given.flatMap((limit) => checkLimit(metric, metric[limit], [...path, limit]));
  const [max, min] = [limitValue(metric, metric['max']), limitValue(metric, metric['min'])];
  if (max !== undefined && min !== undefined && min > max) complaints.push({ path: [...path, 'min'], message: 'must not be above max: nothing would pass' });
  if (metric['source'] !== undefined && metric['prometheus'] === undefined) complaints.push({ path: [...path, 'source'], message: 'goes with prometheus only' });
  return complaints;
}

function checkLimit(metric: JsonObject, value: Json | undefined, path: JsonPath): Complaint[] {
  return limitValue(metric, value) === undefined ? [{ path, message: `must be ${unitOf(metric)}` }] : [];
}

/** A limit in the unit in which it is judged: basis points for rates, ms for latencies, as it stands for queries. */
export function limitValue(metric: { readonly [key: string]: unknown }, value: unknown): number | undefined {
  if (metric['router'] === undefined) return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  return isRate(metric) ? parsePercent(value) : parseDuration(value);
}

function isRate(metric: { readonly [key: string]: unknown }): boolean {
  return metric['router'] === 'errorRate' || metric['router'] === 'clientErrorRate';
}

function unitOf(metric: JsonObject): string {
  if (metric['router'] === undefined) return 'a number, in the unit of the query';
  return isRate(metric) ? 'a percentage such as 1% or 0.5%' : 'a duration such as 300ms or 1.5s';
}
