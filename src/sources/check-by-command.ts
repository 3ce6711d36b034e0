import type { CheckOutcome } from '../domain/backup/restore-status.js';
import type { CheckSpec } from '../domain/backup/source-spec.js';
import { codeOf, messageOf } from '../domain/errors.js';
import type { Programs } from '../programs/programs.js';

const SAID_BYTES = 2_048;

/** Runs a user's check of a copy that is a path. One that cannot be run has failed. */
export async function checkByCommand({ command, timeoutMs }: Extract<CheckSpec, { kind: 'command' }>, { copy, programs, signal }: { copy: string; programs: Programs; signal: AbortSignal }): Promise<Pick<CheckOutcome, 'ok' | 'detail'>> {
  try {
    const { exitCode, stdout, stderr } = await programs.run({ command, timeoutMs, signal, env: { SLIPWAY_COPY: copy } });
    const said = Buffer.from(`${stdout}\n${stderr}`.trim()).subarray(-SAID_BYTES).toString();
    return { ok: exitCode === 0, detail: `ended with ${exitCode}${said && `: ${said}`}` };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, detail: `${codeOf(error)}: ${messageOf(error)}` };
  }
}
