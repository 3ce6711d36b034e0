/** What the age of a source's data is judged by. */
export interface AgeFacts {
  /** The newest verified data must not be older; null: nobody asked. */
  readonly maxAgeMs: number | null;
  /** The instant that the newest verified data is of, RFC 3339; null: there is none. */
  readonly newestVerifiedAt: string | null;
  /** Since when the source is declared, RFC 3339. */
  readonly declaredAt: string;
}

/** Of the newest verified data; null while there is none. */
export function dataAgeMs({ newestVerifiedAt }: Pick<AgeFacts, 'newestVerifiedAt'>, nowMs: number): number | null {
  return newestVerifiedAt === null ? null : Math.max(0, nowMs - Date.parse(newestVerifiedAt));
}

/**
 * For how long the newest verified data has been older than the source allows. Where there is none, one was to be there within that time of its
 * declaration.
 *
 * @returns null while it is not, and where no age was asked for.
 */
export function overdueMs(facts: AgeFacts, nowMs: number): number | null {
  const { maxAgeMs, declaredAt } = facts;
  if (maxAgeMs === null) return null;
  const unprotectedMs = dataAgeMs(facts, nowMs) ?? nowMs - Date.parse(declaredAt);
  return unprotectedMs > maxAgeMs ? unprotectedMs - maxAgeMs : null;
}
