/** `no-data`: too little to say. `error`: could not be measured. Neither is ever a pass. */
export type VerdictKind = 'pass' | 'fail' | 'no-data' | 'error';

/** One rule's part of a verdict, with its numbers. */
export interface Finding {
  /** The rule's name in the definition; `health` for the probes. */
  readonly rule: string;
  readonly kind: VerdictKind;
  /** For people: `errors 4 of 12 (limit 5 % of at least 20)`. */
  readonly text: string;
  readonly value?: number;
  readonly limit?: number;
  /** People decide about this failure, whatever `onBreach` says. */
  readonly asks?: true;
}

/** Always with reasons and numbers. */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly findings: readonly Finding[];
  /** RFC 3339: when the newest sample behind it was taken. */
  readonly at: string;
}

/** The findings that decided it, in one line. */
export function reasonOf(verdict: Verdict): string {
  const deciding = verdict.findings.filter((finding) => finding.kind === verdict.kind);
  return (deciding.length > 0 ? deciding : verdict.findings).map((finding) => finding.text).join('; ');
}
