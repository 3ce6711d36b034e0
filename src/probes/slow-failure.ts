import type { HealthCheck } from '../domain/service/environment.js';
import type { ProbeResult } from './probe.js';

/** An answer above `slow.criticalMs` is a failed one, however right it was. */
export function slowFailure(check: HealthCheck, result: ProbeResult): ProbeResult {
  const limitMs = check.slow?.criticalMs;
  if (!result.ok || limitMs === undefined || result.tookMs <= limitMs) return result;
  return { ok: false, tookMs: result.tookMs, detail: `answered after ${Math.round(result.tookMs)} ms, the limit is ${limitMs} ms` };
}
