import { z } from 'zod';
import type { Environment } from '../../programs/program-environment.js';

/** What the hashing wrapper wrote down about the program it ran. */
const account = z.object({
  /** `not read`: whoever read the output stopped, so the program is not to blame. */
  end: z.enum(['exited', 'not started', 'not read']),
  exitCode: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  /** The beginning and the end of its error output. */
  stderr: z.string(),
});
export type ProducerAccount = z.infer<typeof account>;

/** @returns undefined for what the wrapper did not live to write. */
export function parseAccount(text: string): ProducerAccount | undefined {
  try {
    return account.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Carries the environment of the producer through restic, which would pass on its own: neither is to see the secrets of the other. */
const CARRIER = 'SLIPWAY_PRODUCER_ENVIRONMENT';
const carried = z.object({ set: z.record(z.string(), z.string()), drop: z.array(z.string()) });

/** @param own restic's, by name: the producer does not get these. */
export function carryEnvironment(set: Readonly<Record<string, string>>, own: readonly string[]): Record<string, string> {
  return { [CARRIER]: JSON.stringify({ set, drop: own }) };
}

/** What the producer gets of the environment that the wrapper has. */
export function producerEnvironment(env: Environment): NodeJS.ProcessEnv {
  const { set, drop } = carried.parse(JSON.parse(env[CARRIER] ?? '{"set":{},"drop":[]}'));
  const hidden = new Set([CARRIER, ...drop]);
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name))), ...set };
}
