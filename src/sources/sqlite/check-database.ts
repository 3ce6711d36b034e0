import type { CheckOutcome } from '../../domain/backup/restore-status.js';
import type { CheckSpec } from '../../domain/backup/source-spec.js';
import { codeOf, messageOf } from '../../domain/errors.js';
import type { SqliteProgram } from './sqlite-program.js';

type Judged = Pick<CheckOutcome, 'ok' | 'detail'>;

/** A user's statement about the copy, which it can neither change nor leave. One that cannot be run has failed. */
export async function checkDatabase(sqlite: SqliteProgram, { sql, timeoutMs }: Extract<CheckSpec, { kind: 'query' }>, copy: string, signal: AbortSignal): Promise<Judged> {
  if (/^\s*[.#]/m.test(sql)) return { ok: false, detail: 'a line begins with a dot or a hash, which is no SQL' };
  try {
    return judge(await sqlite.run({ database: copy, open: 'alone', signal, timeoutMs, trust: 'stranger', script: `${sql};` }));
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, detail: `${codeOf(error)}: ${messageOf(error)}` };
  }
}

/** One number, or one as text; anything else on more lines, or beside it, is more than one value. */
function judge(printed: string): Judged {
  const [, quoted, plain = quoted] = /^(?:'(-?\d+(?:\.\d+)?)'|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?))$/.exec(printed.trim()) ?? [];
  if (plain !== undefined) return { ok: Number(plain) !== 0, detail: `gave ${plain}` };
  return { ok: false, detail: `must give one number, and gave ${printed.trim().slice(0, 100) || 'nothing'}` };
}
