/** An instant as the stores keep it: RFC 3339 in UTC, to the millisecond, so that texts sort as instants do. */
export function moment(at: string): string {
  return new Date(at).toISOString();
}

/** The later of two instants, as the stores keep them. */
export function later(known: string | null, at: string | null): string | null {
  if (at === null) return known;
  const next = moment(at);
  return known === null || known < next ? next : known;
}
