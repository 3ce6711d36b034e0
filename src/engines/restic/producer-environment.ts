import type { Environment } from '../../programs/program-environment.js';

/** Carries the environment of the producer through restic, which would pass on its own: neither is to see the secrets of the other. */
const CARRIER = 'SLIPWAY_PRODUCER_ENVIRONMENT';

interface Carried {
  readonly set: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
}

/** @param own restic's, by name: the producer does not get these. */
export function carryEnvironment(set: Readonly<Record<string, string>>, own: readonly string[]): Record<string, string> {
  const carried: Carried = { set, drop: own };
  return { [CARRIER]: JSON.stringify(carried) };
}

/** What the producer gets of the environment that the wrapper has. */
export function producerEnvironment(env: Environment): NodeJS.ProcessEnv {
  // Written above. Not checked by zod: loading that takes longer than everything else before the producer starts.
  const { set, drop } = JSON.parse(env[CARRIER] ?? '{"set":{},"drop":[]}') as Carried;
  const hidden = new Set([CARRIER, ...drop]);
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name))), ...set };
}
