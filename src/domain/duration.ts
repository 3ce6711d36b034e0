const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** At most this long; longer is a typing error, and Node's timers end near it. */
export const LONGEST_MS = 24 * 86_400_000;

/**
 * Milliseconds of a duration such as `500ms`, `1.5s`, `10m`, `4h`, `2d`.
 *
 * @returns undefined when the text is no duration: the caller knows the path to complain about.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (!match) return undefined;
  const ms = Math.round(Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN));
  return ms <= LONGEST_MS ? ms : undefined;
}

/** The shortest text that parses back to about the same: `90s` -> `1.5m`, `450` -> `450ms`. For people, not for machines. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  for (const [unit, size] of [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000]] as const) {
    if (ms >= size) return `${trim(ms / size)}${unit}`;
  }
  return `${trim(ms / 1_000)}s`;
}

function trim(value: number): string {
  return String(Math.round(value * 10) / 10);
}
