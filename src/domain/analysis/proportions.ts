/** So many `hits` of so many. */
export interface Part {
  readonly hits: number;
  readonly of: number;
}

/** 0 to 1; 0 of nothing. */
export function partOf({ hits, of }: Part): number {
  return of === 0 ? 0 : hits / of;
}

/**
 * How many standard deviations `a` lies above `b` if chance alone made them differ (pooled two-proportion z).
 *
 * @returns 0 where nothing differs, and without any data.
 */
export function deviationsAbove(a: Part, b: Part): number {
  if (a.of === 0 || b.of === 0) return 0;
  const pooled = (a.hits + b.hits) / (a.of + b.of);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / a.of + 1 / b.of));
  return deviation === 0 ? 0 : (partOf(a) - partOf(b)) / deviation;
}
