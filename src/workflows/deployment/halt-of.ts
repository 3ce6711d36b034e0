import { reasonOf, type Verdict } from '../../domain/analysis/verdict.js';
import type { WatchEnd } from '../../domain/deployment/watching.js';
import { Halt } from '../sequence/work.js';

/** Why a run goes back whose watch ended in this way. */
export function haltOf(end: WatchEnd): Halt {
  const halt = (code: string, text: string) => new Halt({ code, by: 'watch', text });
  switch (end.ended) {
    case 'breach':
    case 'no-stable': return halt(codeOf(end.verdict), reasonOf(end.verdict));
    case 'stable-down': return halt('STABLE_DOWN', `${reasonOf(end.verdict)}; stable does not answer, so nothing was pulled`);
    case 'shift-failed': return halt(end.code, end.detail);
    case 'pulled': return halt('PULLED', end.detail);
    default: return halt('JUDGE_ERROR', 'the watch ended without a verdict');
  }
}

function codeOf({ kind }: Verdict): 'NO_DATA' | 'BREACH' {
  return kind === 'no-data' ? 'NO_DATA' : 'BREACH';
}
