/** A row that one workflow run works for. */
export interface Claimable {
  readonly record: { readonly endedAt: string | null };
  readonly runId: string | null;
}

/** @returns undefined when another run has it, or it ended before any came. */
export function claimed<Row extends Claimable>(row: Row, runId: string): Row | undefined {
  if (row.runId === runId) return row;
  return row.runId === null && row.record.endedAt === null ? { ...row, runId } : undefined;
}

/** A row whose run never started can be taken back. */
export function neverRan({ record, runId }: Claimable): boolean {
  return runId === null && record.endedAt === null;
}
