import type { Programs } from '../programs/programs.js';
import { hostAndPort } from './address.js';
import type { ProbeSubject } from './probe.js';

const OUTPUT_LIMIT_BYTES = 4_096;
const LAST_LINE_LIMIT = 200;

/**
 * Runs the command with the instance in its environment; exit code 0 is well.
 *
 * @returns why the instance is not well. @throws PROGRAM_MISSING, PROGRAM_TIMEOUT, or an abort
 */
export async function commandProbe(
  programs: Programs, command: readonly string[], instance: ProbeSubject, limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const env = { SLIPWAY_INSTANCE: instance.id, SLIPWAY_ADDRESS: instance.address, SLIPWAY_PORT: String(hostAndPort(instance.address).port) };
  // The next probe is due soon: a program that is late gets no time to tidy up.
  const { exitCode, stderr } = await programs.run({ command, env, ...limits, graceMs: 0, maxOutputBytes: OUTPUT_LIMIT_BYTES });
  if (exitCode === 0) return undefined;
  const last = stderr.trim().split('\n').at(-1)?.slice(0, LAST_LINE_LIMIT) ?? '';
  return `exit code ${exitCode}${last === '' ? '' : `: ${last}`}`;
}
