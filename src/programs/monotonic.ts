/** Milliseconds of a clock that nobody sets, and that all processes of a machine share: `performance.now()` begins anew in each. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
