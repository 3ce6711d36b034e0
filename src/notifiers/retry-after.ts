/** Longer is not waited for: a notice that comes tomorrow helps nobody. */
const LONGEST_MS = 3_600_000;

/** Milliseconds of a `Retry-After` header, in seconds or as a date; undefined when there is none that can be read. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_MS, Math.max(0, ms));
}
