import type { Finding, Verdict, VerdictKind } from './verdict.js';

/** What decides first: a breach counts whatever could not be measured beside it. */
const PRECEDENCE: readonly VerdictKind[] = ['fail', 'error', 'no-data', 'pass'];

/** @param at ms since the epoch: when the newest sample arrived. */
export function judgeAll(findings: readonly Finding[], at: number): Verdict {
  const kind = PRECEDENCE.find((candidate) => findings.some((finding) => finding.kind === candidate)) ?? 'pass';
  return { kind, findings, at: new Date(at).toISOString() };
}

/** A rule that a person has waved through is measured and shown, and decides nothing any more. */
export function waive(finding: Finding, waived: readonly string[]): Finding {
  if (finding.kind === 'pass' || !waived.includes(finding.rule)) return finding;
  return { ...finding, kind: 'pass', text: `${finding.text}, waved through` };
}
