import { formatShare } from '../share.js';
import { type Excess, type ExcessBounds, excessOf, excessShare } from './excess.js';
import { clientErrorPart } from './client-error-part.js';
import { partOf } from './proportions.js';
import type { Traffic } from './traffic.js';
import type { Finding } from './verdict.js';

/** So much more than stable's 4xx is a failure whoever the users are. */
export const FAILING_CLIENT_ERRORS: ExcessBounds = { leastHeads: 20, above: 5_000 };

/** So much more may be the candidate's fault or that of a few of its users: people decide. */
export const DOUBTFUL_CLIENT_ERRORS: ExcessBounds = { leastHeads: 50, above: 2_000 };

/** Compares the share of 4xx among the candidate's heads with that among stable's, as far as both came in the same stretch of time. */
export function compareClientErrors(candidate: Traffic, stable: Traffic, bounds: ExcessBounds): Excess {
  return excessOf(clientErrorPart(candidate), clientErrorPart(stable), bounds);
}

/** The comparison in words and numbers. @param rule the name under which it appears */
export function clientErrorFinding(rule: string, candidate: Traffic, stable: Traffic, bounds: ExcessBounds): Finding {
  const excess = compareClientErrors(candidate, stable, bounds);
  const [ours, theirs] = [clientErrorPart(candidate), clientErrorPart(stable)];
  const text = `4xx ${ours.hits} of ${ours.of} heads, stable ${theirs.hits} of ${theirs.of}`;
  if (excess === 'few') return { rule, kind: 'pass', text: `${text} (compared from ${bounds.leastHeads} heads each)` };
  const numbers = { rule, value: Math.round(excessShare(ours, theirs)), limit: bounds.above };
  const limit = `limit ${formatShare(bounds.above)} above stable's ${percent(partOf(theirs))}`;
  return { ...numbers, kind: excess === 'excess' ? 'fail' : 'pass', text: `${text} (${limit})` };
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
